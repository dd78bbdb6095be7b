import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { SshHost } from '../../../src/model/host.ts';
import type { Connection, Settled } from '../../../src/model/transport.ts';
import { createSshTransport } from '../../../src/transports/ssh.ts';
import { noteOf } from '../../conformance/settling.ts';
import { changeOf, connected, newRunId, NEVER, script } from '../../conformance/transport.ts';
import { startLightHost, type FleetHost } from '../../fleet/host.ts';
import { cutSessions, fleetHost } from '../../hosts/transport-fleet.ts';
import type { Random } from '../../support/random.ts';
import type { Experiment } from '../experiment.ts';
import { FaultProxy } from '../fault-proxy.ts';

const CUTS = ['rst', 'fin', 'black-hole', 'half-close', 'controller', 'sshd', 'shell'] as const;
type Cut = (typeof CUTS)[number];

const CLIENT = new URL('../../hosts/transport-client.ts', import.meta.url).pathname;
/** From the lock until the longest change has ended. */
const LIFE_MS = 1200;
/** Until the change has surely begun. */
const EARLY_MS = 25;
const STATUSES = [0, 0, 0, 3, 143, 255] as const;

/** One change through a connection that is cut at a moment of chance; then another connection asks what became of it. */
export const experiment: Experiment = {
  promise: 'what a claim tells of a change that was cut off is what the host has counted',
  rounds: { inTests: 6, long: 300 },
  onHosts: true,
  lanes: 2,
  prepare: async () => {
    const host = await startLightHost({ name: `claim${Math.random().toString(36).slice(2, 8)}` });
    const proxy = await FaultProxy.to(host.address, host.port);
    const folder = mkdtempSync(join(tmpdir(), 'runbook-claims-'));
    const [, type, key] = host.knownHostsLine.split(' ');
    writeFileSync(join(folder, 'known_hosts'), `[127.0.0.1]:${proxy.port} ${type} ${key}\n`);
    const near = { ...host, address: '127.0.0.1', port: proxy.port, knownHostsFile: join(folder, 'known_hosts') };
    return {
      round: async (random) => {
        const cut = random.pick(CUTS);
        const trial = trialOf(random, newRunId());
        const isCut = await begin(trial, cut, random.below(random.chance(40) ? EARLY_MS : LIFE_MS), {
          host,
          proxy,
          proxied: fleetHost(near),
        });
        if (!isCut) return { 'ended before': 1 };
        const next = await connected({ transport: createSshTransport(), host: fleetHost(host), look: () => '' });
        try {
          return { [cut]: 1, [await judge(trial, cut, next)]: 1 };
        } finally {
          await next.close();
          proxy.forget();
        }
      },
      end: () => {
        proxy.close();
        host.stop();
        rmSync(folder, { recursive: true });
      },
    };
  },
};

interface Trial {
  readonly runId: string;
  readonly text: string;
  readonly lines: number;
  readonly status: number;
}

/** Counts when it begins and when it ends, and prints so many lines meanwhile. */
function trialOf(random: Random, runId: string): Trial {
  const lines = random.pick([0, 1, 20, 3000]);
  const status = random.pick(STATUSES);
  const sleep = random.pick(['0', '0.1', '0.5', '0.8']);
  const text = `echo begun >>/run/count.${runId}
i=0; while [ $i -lt ${lines} ]; do echo "line $i"; echo "said $i" >&2; i=$((i+1)); done
sleep ${sleep}; echo ended >>/run/count.${runId}; exit ${status}`;
  return { runId, text, lines, status };
}

interface Places {
  readonly host: FleetHost;
  readonly proxy: FaultProxy;
  readonly proxied: SshHost;
}

/** False: it had ended before it could be cut. */
async function begin(
  { runId, text }: Trial,
  cut: Cut,
  afterMs: number,
  { host, proxy, proxied }: Places,
): Promise<boolean> {
  if (cut === 'controller') {
    const client = spawn(process.execPath, [CLIENT, JSON.stringify(proxied), runId, text]);
    let words = '';
    client.stdout.on('data', (bytes: Buffer) => (words += bytes.toString()));
    await once(client.stdout, 'data');
    await pause(afterMs);
    const isKilled = client.kill('SIGKILL');
    if (client.exitCode === null && client.signalCode === null) await once(client, 'close');
    return isKilled && client.signalCode === 'SIGKILL' && !words.includes('"how"');
  }
  const connection = await connected({ transport: createSshTransport(), host: proxied, look: () => '' });
  const ledger = await connection.lock(noteOf(runId, 1), NEVER);
  assert.ok(ledger.ok);
  void connection.change(changeOf(runId, text), NEVER);
  await pause(afterMs);
  if (cut === 'sshd') await cutSessions(host);
  else if (cut === 'shell') await host.exec('read -r pid start </run/runbook/holder; kill -9 "$pid"');
  else proxy.strike(cut);
  return true;
}

/** Throws when the host has counted otherwise than the claim tells. */
async function judge({ runId, lines, status }: Trial, cut: Cut, next: Connection): Promise<Settled['state']> {
  const ledger = await next.lock(noteOf(runId, 2), NEVER);
  assert.ok(ledger.ok, JSON.stringify(ledger));
  const atLock = await counted(next, runId);
  const { claim } = changeOf(runId, '');
  const settled = await next.settle({ claim }, NEVER);
  assert.ok(settled.ok);
  const told = settled.value;
  const story = `${cut}: ${JSON.stringify(told).slice(0, 300)}, counted ${JSON.stringify(atLock)}`;
  switch (told.state) {
    case 'not-started':
      assert.equal(atLock, '', story);
      break;
    case 'ended':
      assert.equal(atLock, 'begun ended', story);
      assert.deepEqual(told.answer.end, { how: 'exit', code: status }, story);
      assert.equal(told.answer.stdout.text, said('line', lines), story);
      assert.equal(told.answer.stderr.text, said('said', lines), story);
      break;
    case 'unknown':
      assert.ok(cut === 'shell', story);
  }
  const again = await next.change(changeOf(runId, 'true', { claim: { ...claim, epoch: 1 } }), NEVER);
  assert.equal(again.end.how, 'not-started', `an earlier epoch was let in: ${story}`);
  await pause(100);
  assert.equal(await counted(next, runId), atLock, `it went on after it was settled: ${story}`);
  return told.state;
}

async function counted(connection: Connection, runId: string): Promise<string> {
  const read = { script: script(`cat /run/count.${runId} 2>/dev/null`), timeoutMs: 5000 };
  return (await connection.read(read, NEVER)).stdout.text.trim().split('\n').join(' ');
}

const said = (word: string, lines: number): string =>
  Array.from({ length: lines }, (_, index) => `${word} ${index}\n`).join('');
