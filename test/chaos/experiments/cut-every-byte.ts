import assert from 'node:assert/strict';
import { startLightHost, type FleetHost } from '../../fleet/host.ts';
import { CountedRun } from '../counted-run.ts';
import { THREE_STEPS } from '../counted-runbook.ts';
import type { Experiment, Figures } from '../experiment.ts';
import { FaultProxy, type Weather } from '../fault-proxy.ts';
import { runInProcess } from '../run-in-process.ts';
import { newestRun, type RunRecord } from '../run-record.ts';

/** So many bytes are cut in one run, each on a host of its own: what a run takes by itself is shared. */
const HOSTS = 16;
/** What a store costs is to sync it: no power is cut here. */
const IN_MEMORY = '/dev/shm';

/** The first connection of each host is cut after the k-th byte that the controller sends, or that the host sends, for every k. */
export const experiment: Experiment = {
  promise: 'wherever the stream is cut, no step runs twice, is lost or counts as done',
  rounds: { inTests: 4, long: 1_000_000 },
  onHosts: true,
  lanes: 2,
  prepare: async () => {
    const ends: CutEnd[] = [];
    const name = `byte${Math.random().toString(36).slice(2, 7)}`;
    const upTo = async (count: number): Promise<readonly CutEnd[]> => {
      while (ends.length < count) ends.push(await startEnd(`${name}${10 + ends.length}`));
      return ends.slice(0, count);
    };
    const [first] = await upTo(1);
    assert.ok(first !== undefined);
    const uncut = await runThrough([first], []);
    await uncut.run.judge(uncut.record);
    uncut.run.remove();
    const { 'to-host': sent, 'to-controller': received } = first.proxy.arrived;
    return {
      cases: sent + received,
      blockSize: HOSTS,
      block: async (rounds) => {
        const struck = await upTo(rounds.length);
        const cuts = rounds.map((round) => cutOf(round, sent));
        const { run, record } = await runThrough(struck, cuts);
        run.judgeRecord(record);
        const judged = await Promise.allSettled(
          struck.map(async ({ host, proxy }, at): Promise<Figures> => {
            await run.judgeUnresumed(record, host);
            return figuresOf(record, host, proxy, cuts[at]);
          }),
        );
        if (judged.every(({ status }) => status === 'fulfilled')) run.remove();
        return judged;
      },
      end: () => {
        for (const { host, proxy } of ends) {
          proxy.close();
          host.stop();
        }
      },
    };
  },
};

/** A host, and the proxy that is its only way. */
interface CutEnd {
  readonly host: FleetHost;
  readonly proxy: FaultProxy;
}

type Cut = NonNullable<Weather['cut']>;

async function startEnd(name: string): Promise<CutEnd> {
  const host = await startLightHost({ name });
  return { host, proxy: await FaultProxy.to(host.address, host.port) };
}

/** Of the bytes that are sent, then of those that are received. */
function cutOf(round: number, sent: number): Cut {
  const fault = round % 2 === 0 ? 'rst' : 'fin';
  return round <= sent
    ? { direction: 'to-host', at: round - 1, fault }
    : { direction: 'to-controller', at: round - sent - 1, fault };
}

async function runThrough(
  ends: readonly CutEnd[],
  cuts: readonly Cut[],
): Promise<{ readonly run: CountedRun; readonly record: RunRecord }> {
  for (const [at, { proxy }] of ends.entries()) {
    const cut = cuts[at];
    proxy.forget();
    proxy.weather = (connection) => (connection === 1 && cut !== undefined ? { cut } : {});
  }
  const hosts = ends.map(({ host }) => host);
  const ways = ends.map(({ proxy }) => ({ address: '127.0.0.1', port: proxy.port }));
  const run = new CountedRun(hosts, 'repaired', { runbook: THREE_STEPS, ways, parent: IN_MEMORY });
  await run.makeSick();
  const said = await runInProcess(run);
  const record = await newestRun(run.place);
  assert.ok(record?.finished === true, `the run has no end: ${said}`);
  return { run, record };
}

function figuresOf(record: RunRecord, host: FleetHost, proxy: FaultProxy, cut: Cut | undefined): Figures {
  const { connections, arrived } = proxy;
  const ofHost = record.events.filter((event) => 'host' in event && event.host === host.name);
  // The stream of a run is some bytes longer or shorter than that of another.
  const isLate = connections === 1 && cut !== undefined && arrived[cut.direction] <= cut.at;
  return {
    'bytes cut': isLate ? 0 : 1,
    reconnects: connections - 1,
    'changes settled': ofHost.filter(({ type }) => type === 'step-settled').length,
    'hosts unreachable, untouched': record.outcomes.get(host.name) === 'unreachable' ? 1 : 0,
  };
}
