import assert from 'node:assert/strict';
import { startLightHost } from '../../fleet/host.ts';
import type { Random } from '../../support/random.ts';
import { CountedRun } from '../counted-run.ts';
import type { Experiment } from '../experiment.ts';
import { FaultProxy, type Direction, type Weather } from '../fault-proxy.ts';
import { newestRun, type RunRecord } from '../run-record.ts';

/** A black hole is noticed after 15 s of silence, so it is as many rounds as the others and most of the time. */
const BY_TURNS = ['rst', 'fin', 'black-hole', 'rst', 'fin', 'black-hole', 'half-close', 'flip'] as const;
const COURSES = ['repaired', 'rolled-back'] as const;

/** The real program through a proxy that cuts its connection at a byte of chance, and sometimes the next one too. */
export const experiment: Experiment = {
  promise: 'no step runs twice, is lost or counts as done when the network is cut, and the run goes on',
  rounds: { inTests: 3, long: 300 },
  onHosts: true,
  lanes: 4,
  prepare: async () => {
    const host = await startLightHost({ name: `net${Math.random().toString(36).slice(2, 8)}` });
    const proxy = await FaultProxy.to(host.address, host.port);
    const passed = { repaired: proxy.arrived, 'rolled-back': proxy.arrived };
    const runThrough = async (run: CountedRun): Promise<RunRecord> => {
      run.reachAt('127.0.0.1', proxy.port);
      await run.makeSick();
      const { err } = await run.begin();
      const record = await newestRun(run.place);
      assert.ok(record?.finished === true, `the run has no end: ${err}`);
      return record;
    };
    for (const course of COURSES) {
      const run = new CountedRun(host, course);
      await run.judge(await runThrough(run));
      passed[course] = { ...proxy.arrived };
      run.remove();
      proxy.forget();
    }
    return {
      round: async (random, round) => {
        const run = new CountedRun(host, random.pick(COURSES));
        const fault = BY_TURNS[round % BY_TURNS.length] ?? 'rst';
        const again = random.chance(20) ? 2 : 1;
        const weathers = Array.from({ length: again }, () => weatherOf(random, fault, passed[run.course]));
        proxy.weather = (connection) => weathers[connection - 1] ?? {};
        const record = await runThrough(run);
        const { connections } = proxy;
        proxy.forget();
        const isUnknown = await run.judgeUnresumed(record);
        run.remove();
        return {
          [fault]: 1,
          reconnects: connections - 1,
          'changes settled': record.events.filter(({ type }) => type === 'step-settled').length,
          'hosts unreachable, untouched': record.outcome === 'unreachable' ? 1 : 0,
          'hosts unknown': isUnknown ? 1 : 0,
        };
      },
      end: () => {
        proxy.close();
        host.stop();
      },
    };
  },
};

function weatherOf(
  random: Random,
  fault: (typeof BY_TURNS)[number],
  passed: Readonly<Record<Direction, number>>,
): Weather {
  const direction = random.pick(['to-host', 'to-controller'] as const);
  const cut = { direction, at: random.below(passed[direction]), fault };
  const kind = random.below(10);
  if (kind === 0) return { cut, delayMs: random.between(1, 100) };
  if (kind === 1) return { cut, pieceBytes: 1 };
  if (kind === 2) return { cut, bytesPerSecond: 20_000 };
  return { cut };
}
