import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { Connection } from '../../../src/model/transport.ts';
import { createSshTransport } from '../../../src/transports/ssh.ts';
import { changeOf, locked, NEVER, newRunId } from '../../conformance/transport.ts';
import { startLightHost, type FleetHost } from '../../fleet/host.ts';
import { SURVIVORS, survivorsOf } from '../../hosts/survivors.ts';
import { cutSessions, fleetHost } from '../../hosts/transport-fleet.ts';
import type { Experiment } from '../experiment.ts';

const KINDS = Object.keys(SURVIVORS);
const DEADLINE_MS = 1000;
const GONE_WITHIN_MS = 20_000;

/** A step starts whatever outlives its shell, and is ended by us, at its deadline, or at its deadline after the connection was cut. */
export const experiment: Experiment = {
  promise: 'nothing of a step that was ended is left on its host',
  rounds: { inTests: 3, long: 500 },
  onHosts: true,
  lanes: 2,
  prepare: async () => {
    const host = await startLightHost({ name: `end${Math.random().toString(36).slice(2, 8)}` });
    await host.exec(`printf '%s\\n' 'Defaults !use_pty' 'Defaults>ops use_pty' >/etc/sudoers.d/pty`);
    let number = 0;
    return {
      round: async (random) => {
        const mark = `78${process.pid}.${(number += 1)}`;
        const kinds = [random.pick(KINDS), random.pick(KINDS)];
        const way = random.pick(['abort', 'abort', 'deadline', 'cut'] as const);
        const text = [...kinds.map((kind) => SURVIVORS[kind]?.(mark)), 'sleep 60'].join('\n');
        const what = `${kinds.join(' and ')} by ${way}`;
        const connection = await connect(host);
        const runId = newRunId();
        await locked(connection, runId);
        const abort = new AbortController();
        const timeoutMs = way === 'abort' ? 60_000 : DEADLINE_MS;
        const running = connection.change(changeOf(runId, text, { timeoutMs }), abort.signal);
        await pause(random.below(DEADLINE_MS));
        if (way === 'abort') abort.abort();
        if (way === 'cut') await cutSessions(host);
        const { end } = await running;
        if (way === 'cut')
          assert.ok(end.how === 'lost' || end.how === 'not-started', `${what}: ${JSON.stringify(end)}`);
        else assert.deepEqual('gone' in end && end.gone, true, `${what}: ${JSON.stringify(end)}`);
        await connection.close();
        assert.deepEqual(await leftAfter(host, mark, way === 'cut' ? GONE_WITHIN_MS : 0), [], what);
        await host.exec('rm -rf /run/runbook /run/runbook.lock');
        return { [way]: 1 };
      },
      end: () => host.stop(),
    };
  },
};

async function connect(host: FleetHost): Promise<Connection> {
  const options = { become: true, connectTimeoutMs: 10_000, secrets: {} };
  const connected = await createSshTransport().connect(fleetHost(host), options, NEVER);
  assert.ok(connected.ok, connected.ok ? '' : connected.error.message);
  return connected.value;
}

async function leftAfter(host: FleetHost, mark: string, withinMs: number): Promise<readonly string[]> {
  const until = performance.now() + withinMs;
  for (;;) {
    const left = await survivorsOf(host, mark);
    if (left.length === 0 || performance.now() > until) return left;
    await pause(200);
  }
}
