import assert from 'node:assert/strict';
import { startLightHost } from '../fleet/host.ts';
import type { Random } from '../support/random.ts';
import { CountedRun } from './counted-run.ts';
import type { Course } from './counted-runbook.ts';
import type { Trial } from './experiment.ts';
import { FaultProxy, type Direction, type Weather } from './fault-proxy.ts';
import { newestRun, type RunRecord } from './run-record.ts';

/** A black hole is noticed after 15 s of silence, so it is as many rounds as the others and most of the time. */
const BY_TURNS = ['rst', 'fin', 'black-hole', 'rst', 'fin', 'black-hole', 'half-close', 'flip'] as const;
const COURSES = ['repaired', 'rolled-back'] as const;
/** Of so many cuts of 100, the connection has not been used for a change yet: it is most of what passes. */
const SURVEYING_PERCENT = 15;

/** Bytes in one direction when the survey is over, and when the run is. */
interface Extent {
  readonly survey: number;
  readonly whole: number;
}

/** The real program through a proxy that cuts its connection at a byte of chance, and sometimes the next one too. */
export async function prepareCuts(transport: 'ssh' | 'openssh'): Promise<Trial> {
  const host = await startLightHost({ name: `net${Math.random().toString(36).slice(2, 8)}` });
  const proxy = await FaultProxy.to(host.address, host.port);
  const extents = new Map<Course, Readonly<Record<Direction, Extent>>>();
  const ways = [{ address: '127.0.0.1', port: proxy.port }];
  const runThrough = async (run: CountedRun): Promise<RunRecord> => {
    await run.makeSick();
    const { err } = await run.begin();
    const record = await newestRun(run.place);
    assert.ok(record?.finished === true, `the run has no end: ${err}`);
    return record;
  };
  for (const course of COURSES) {
    const run = new CountedRun([host], course, { ways, transport });
    await run.makeSick();
    await run.plan();
    const survey = { ...proxy.arrived };
    proxy.forget();
    await run.judge(await runThrough(run));
    const whole = { ...proxy.arrived };
    proxy.forget();
    const extent = (direction: Direction): Extent => ({ survey: survey[direction], whole: whole[direction] });
    extents.set(course, { 'to-host': extent('to-host'), 'to-controller': extent('to-controller') });
    run.remove();
  }
  return {
    round: async (random, round) => {
      const run = new CountedRun([host], random.pick(COURSES), { ways, transport });
      const fault = BY_TURNS[round % BY_TURNS.length] ?? 'rst';
      const again = random.chance(20) ? 2 : 1;
      const weathers = Array.from({ length: again }, () => weatherOf(random, fault, extents.get(run.course)));
      proxy.weather = (connection) => weathers[connection - 1] ?? {};
      const record = await runThrough(run);
      const { connections } = proxy;
      proxy.forget();
      run.judgeRecord(record);
      await run.judgeUnresumed(record, host);
      run.remove();
      return {
        [fault]: 1,
        reconnects: connections - 1,
        'changes settled': record.events.filter(({ type }) => type === 'step-settled').length,
        'hosts unreachable, untouched': record.outcomes.get(host.name) === 'unreachable' ? 1 : 0,
      };
    },
    end: () => {
      proxy.close();
      host.stop();
    },
  };
}

function weatherOf(
  random: Random,
  fault: (typeof BY_TURNS)[number],
  extents: Readonly<Record<Direction, Extent>> | undefined,
): Weather {
  const direction = random.pick(['to-host', 'to-controller'] as const);
  const { survey, whole } = extents?.[direction] ?? { survey: 0, whole: 1 };
  const at = random.chance(SURVEYING_PERCENT) ? random.below(survey) : random.between(survey, whole - 1);
  const cut = { direction, at, fault };
  const kind = random.below(10);
  if (kind === 0) return { cut, delayMs: random.between(1, 100) };
  if (kind === 1) return { cut, pieceBytes: 1 };
  if (kind === 2) return { cut, bytesPerSecond: 20_000 };
  return { cut };
}
