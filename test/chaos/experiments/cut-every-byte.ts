import assert from 'node:assert/strict';
import { startLightHost, type FleetHost } from '../../fleet/host.ts';
import { CountedRun } from '../counted-run.ts';
import { THREE_STEPS } from '../counted-runbook.ts';
import type { Experiment } from '../experiment.ts';
import { FaultProxy, type Weather } from '../fault-proxy.ts';
import { runInProcess } from '../run-in-process.ts';
import { newestRun, type RunRecord } from '../run-record.ts';

/** Its first connection is cut after the k-th byte that the controller sends, or that the host sends, for every k. */
export const experiment: Experiment = {
  promise: 'wherever the stream is cut, no step runs twice, is lost or counts as done',
  rounds: { inTests: 4, long: 1_000_000 },
  onHosts: true,
  lanes: 4,
  prepare: async () => {
    const host = await startLightHost({ name: `byte${Math.random().toString(36).slice(2, 8)}` });
    const proxy = await FaultProxy.to(host.address, host.port);
    const uncut = await runThrough(host, proxy, {});
    await uncut.run.judge(uncut.record);
    uncut.run.remove();
    const { 'to-host': sent, 'to-controller': received } = proxy.arrived;
    return {
      cases: sent + received,
      round: async (_random, round) => {
        const fault = round % 2 === 0 ? 'rst' : 'fin';
        const cut =
          round <= sent
            ? ({ direction: 'to-host', at: round - 1, fault } as const)
            : ({ direction: 'to-controller', at: round - sent - 1, fault } as const);
        const { run, record } = await runThrough(host, proxy, { cut });
        const { connections } = proxy;
        proxy.forget();
        await run.judgeUnresumed(record);
        run.remove();
        return {
          reconnects: connections - 1,
          'changes settled': record.events.filter(({ type }) => type === 'step-settled').length,
          'hosts unreachable, untouched': record.outcome === 'unreachable' ? 1 : 0,
        };
      },
      end: () => {
        proxy.close();
        host.stop();
      },
    };
  },
};

async function runThrough(
  host: FleetHost,
  proxy: FaultProxy,
  first: Weather,
): Promise<{ readonly run: CountedRun; readonly record: RunRecord }> {
  proxy.forget();
  proxy.weather = (connection) => (connection === 1 ? first : {});
  const run = new CountedRun(host, 'repaired', THREE_STEPS);
  run.reachAt('127.0.0.1', proxy.port);
  await run.makeSick();
  const said = await runInProcess(run);
  const record = await newestRun(run.place);
  assert.ok(record?.finished === true, `the run has no end: ${said}`);
  return { run, record };
}
