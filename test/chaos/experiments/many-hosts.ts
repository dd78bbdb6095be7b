import assert from 'node:assert/strict';
import type { RunEvent } from '../../../src/model/event.ts';
import { startLightHost, type FleetHost } from '../../fleet/host.ts';
import { leftOn, countOf } from '../counted-host.ts';
import { CountedRun } from '../counted-run.ts';
import { IN_BATCHES, UNTOUCHED } from '../counted-runbook.ts';
import type { Experiment } from '../experiment.ts';
import type { RunRecord } from '../run-record.ts';

const HOSTS = 20;
/** The canary, a quarter of the hosts, and what is left. */
const BATCHES = [1, 5, 14];
const MOST_AT_ONCE = 4;
const COURSES = ['repaired', 'repaired', 'rolled-back'] as const;
/** On a quiet machine. */
const ACTS_FOR_MS = 6000;
const MOST_KILLS = 3;

/** A controller of many hosts is killed at moments of chance, as are those that go on with its run. */
export const experiment: Experiment = {
  promise: 'no limit is overshot and no step runs twice or is lost when the controller of many hosts is killed',
  rounds: { inTests: 1, long: 50 },
  onHosts: true,
  prepare: async () => {
    const name = `many${Math.random().toString(36).slice(2, 7)}`;
    const hosts: FleetHost[] = [];
    for (let at = 10; at < 10 + HOSTS; at += 1) hosts.push(await startLightHost({ name: `${name}${at}` }));
    return {
      round: async (random) => {
        const run = new CountedRun(hosts, random.pick(COURSES), { runbook: IN_BATCHES, forks: MOST_AT_ONCE });
        await run.makeSick();
        let kills = 1;
        await run.begin({ actingMs: random.below(ACTS_FOR_MS) });
        const record = await run.bringToItsEnd(() => {
          if (kills >= MOST_KILLS) return undefined;
          kills += 1;
          return { actingMs: random.below(ACTS_FOR_MS) };
        });
        const begun = changedInOrder(record.events);
        if (run.course === 'repaired') {
          run.judgeDeeds(record);
          await nothingIsLeft(hosts);
          assert.deepEqual(overshot(record.events, begun), [], run.story(record));
        } else await judgeCanary(run, record, begun);
        run.remove();
        return { kills, 'hosts changed': begun.length };
      },
      end: () => {
        for (const host of hosts) host.stop();
      },
    };
  },
};

/** The fix fails on the first host: it is rolled back, and no other one is changed. */
async function judgeCanary(run: CountedRun, record: RunRecord, begun: readonly string[]): Promise<void> {
  run.judgeRecord(record);
  assert.equal(begun.length, 1, `changed: ${begun.join()}\n${run.story(record)}`);
  await nothingIsLeft(run.hosts);
  for (const host of run.hosts) {
    if (begun.includes(host.name)) run.judgeHost(record, host);
    else {
      assert.deepEqual(countOf(host), UNTOUCHED, host.name);
      assert.equal(record.outcomes.get(host.name), 'not-started', run.story(record, host));
    }
  }
}

/** Also of hosts that had their end before the controller died. */
async function nothingIsLeft(hosts: readonly FleetHost[]): Promise<void> {
  for (const host of hosts) assert.deepEqual(await leftOn(host), [], `what is left on ${host.name}`);
}

/** Each in a line, what went further than the limits of the runbook allow. */
function overshot(events: readonly RunEvent[], begun: readonly string[]): readonly string[] {
  const batchOf = (host: string): number => {
    const place = begun.indexOf(host);
    return BATCHES.findIndex((_, at) => place < BATCHES.slice(0, at + 1).reduce((sum, size) => sum + size, 0));
  };
  const open = new Set<string>();
  return events.flatMap((event) => {
    if (event.type === 'host-finished') open.delete(event.host);
    if (event.type !== 'step-intended') return [];
    open.add(event.host);
    const early = [...open].filter((host) => batchOf(host) < batchOf(event.host));
    return [
      ...early.map((host) => `${event.host} was changed before ${host} of the batch before had ended`),
      ...(open.size > MOST_AT_ONCE ? [`${open.size} hosts were changed at once`] : []),
    ];
  });
}

/** Hosts in the order in which the first change of each was intended. */
function changedInOrder(events: readonly RunEvent[]): readonly string[] {
  return [...new Set(events.flatMap((event) => (event.type === 'step-intended' ? [event.host] : [])))];
}
