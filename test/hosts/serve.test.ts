import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServeEvent } from '../../src/server/serve-event.ts';
import { openSqliteStore } from '../../src/stores/sqlite.ts';
import { PROGRAM, Workplace } from '../cli/spawn.ts';
import type { FleetHost } from '../fleet/host.ts';
import { useLightHost } from './use-hosts.ts';

const LIMIT_MS = 20_000;

const HEAL = `runbook: heal
summary: /run/heal/sick is there
hosts: all
limits: { brake: 100%, max_unreachable: 100%, cooldown: 0s, attempts: { max: 100, per: 24h } }
diagnose:
  - id: mark
    command: [test, -e, /run/heal/sick]
    effect: reads
    expect: result.code <= 1
findings:
  sick:
    when: mark.code == 0
    summary: /run/heal/sick is there
fix:
  - name: note it
    for: sick
    undo: { none: it is only counted }
    shell: echo noted >>/run/heal/count; sleep 2
  - name: take it away
    for: sick
    undo: { none: it is not wanted }
    shell: echo healed >>/run/heal/count; rm /run/heal/sick
verify:
  soak: 0s
  within: 2s
  every: 500ms
  steps:
    - command: [test, "!", -e, /run/heal/sick]
      effect: reads
      expect: result.code == 0
`;

describe('serve', function () {
  this.timeout(60_000);
  this.slow(20_000);
  let host: FleetHost;
  let place: Workplace;
  const served: Served[] = [];
  useLightHost('serve', (started) => {
    host = started;
  });

  beforeEach(async () => {
    place = new Workplace();
    const { address, port, rootKeyFile, knownHostsLine } = host;
    const [, type, key] = knownHostsLine.split(' ');
    place.write({
      known_hosts: `${port === 22 ? address : `[${address}]:${port}`} ${type} ${key}\n`,
      'inventory.yaml': `all:
  hosts: { web01: { ansible_host: ${address}, ansible_port: ${port} } }
  vars:
    ansible_user: root
    ansible_ssh_private_key_file: ${rootKeyFile}
    runbook_known_hosts: known_hosts
`,
      'books/heal.yaml': HEAL,
      ...configOf('a'),
      ...configOf('b'),
    });
    await host.exec('rm -rf /run/heal; mkdir /run/heal; touch /run/heal/sick');
    await aTimeIsDue();
  });

  afterEach(() => {
    for (const serve of served.splice(0)) serve.kill();
    place.remove();
  });

  /** As if it had been seen a day ago: the time since is started at once. */
  async function aTimeIsDue(): Promise<void> {
    const store = openSqliteStore(join(place.directory, 'state', 'runbook'));
    assert.ok(store.ok);
    store.value.schedules.decideUpTo('heal', Date.now() - 24 * 60 * 60_000);
    await store.value.close();
  }

  function start(name: 'a' | 'b'): Served {
    const serve = new Served(place, name);
    served.push(serve);
    return serve;
  }

  const counted = async (): Promise<string> => (await host.exec('cat /run/heal/count')).stdout;

  async function history(): Promise<readonly { readonly state: string; readonly exitCode?: number }[]> {
    const { out } = await place.runbook(['schedule', 'history', '--json', '--config', 'a/config.yaml']);
    return out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { state: string });
  }

  it('that is killed in the middle of a run leaves it to the next one, which ends it', async () => {
    const first = start('a');
    await first.until('started');
    while (!(await counted()).includes('noted')) await sleep(100);
    first.kill();
    const second = start('a');
    const { message } = await second.until('adopted');
    assert.equal(message, 'it was left behind: it is gone on with');
    const ended = await second.until('ended');
    assert.equal(ended.message, 'ended with exit code 0: 1 repaired');
    assert.equal(await counted(), 'noted\nhealed\n', 'no step ran twice');
    assert.deepEqual(
      (await history()).map(({ state, exitCode }) => [state, exitCode]),
      [['ended', 0]],
    );
    second.signal('SIGTERM');
    assert.equal(await second.ended(), 0);
  });

  it('shares a record with another one: what is due is run once', async () => {
    const both = [start('a'), start('b')];
    const ended = await Promise.race(both.map((serve) => serve.until('ended')));
    assert.equal(ended.exitCode, 0);
    assert.equal(await counted(), 'noted\nhealed\n');
    const starts = both.flatMap(({ events }) => events.filter(({ type }) => type === 'started'));
    assert.equal(starts.length, 1);
    for (const serve of both) serve.signal('SIGTERM');
    for (const serve of both) assert.equal(await serve.ended(), 0);
  });

  it('lets what runs come to its end when it is stopped, and reads its configuration again before', async () => {
    const serve = start('a');
    await serve.until('started');
    assert.deepEqual(await serve.ask('/readyz'), [200, 'ok\n']);
    place.write({ 'a/config.yaml': 'schedules: [' });
    serve.signal('SIGHUP');
    assert.match((await serve.until('configuration')).message, /^read again, and it is wrong: the one before it holds/);
    assert.equal((await serve.ask('/readyz'))[0], 503);
    serve.signal('SIGTERM');
    assert.equal((await serve.until('ended')).exitCode, 0);
    assert.equal(await serve.ended(), 0);
    assert.equal(await counted(), 'noted\nhealed\n');
  });
});

/** None is due in the middle of a test. */
const FAR_HOUR = (new Date().getUTCHours() + 12) % 24;

const configOf = (name: string): Readonly<Record<string, string>> => ({
  [`${name}/config.yaml`]: `inventory: ../inventory.yaml
runbooks: [../books]
serve: { listen: ./serve.sock, stop: 30s }
schedules:
  heal: { runbook: heal, cron: '0 ${FAR_HOUR} * * *', timezone: UTC, grace: 25h, max_risk: destructive }
`,
});

/** A process of the real program. */
class Served {
  readonly events: ServeEvent[] = [];
  readonly #child: ChildProcess;
  readonly #socket: string;
  readonly #ended: Promise<unknown[]>;
  #said = '';

  constructor(place: Workplace, name: string) {
    const argv = [PROGRAM, 'serve', '--json', '--config', `${name}/config.yaml`];
    this.#socket = join(place.directory, name, 'serve.sock');
    const child = spawn(process.execPath, argv, { cwd: place.directory, env: place.environment() });
    this.#child = child;
    this.#ended = once(child, 'close');
    let rest = '';
    child.stdout.on('data', (bytes: Buffer) => {
      const lines = (rest + bytes.toString()).split('\n');
      rest = lines.pop() ?? '';
      this.events.push(...lines.map((line) => JSON.parse(line) as ServeEvent));
    });
    child.stderr.on('data', (bytes: Buffer) => {
      this.#said += bytes.toString();
    });
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  async ended(): Promise<unknown> {
    return (await this.#ended)[0];
  }

  async until(type: ServeEvent['type']): Promise<ServeEvent> {
    const limit = Date.now() + LIMIT_MS;
    for (;;) {
      const found = this.events.find((event) => event.type === type);
      if (found !== undefined) return found;
      assert.ok(Date.now() < limit, `${type} did not happen: ${JSON.stringify(this.events)}\n${this.#said}`);
      await sleep(50);
    }
  }

  ask(path: string): Promise<readonly [code: number | undefined, body: string]> {
    return new Promise((resolve, reject) => {
      request({ socketPath: this.#socket, path }, (response) => {
        let body = '';
        response.on('data', (bytes: Buffer) => {
          body += bytes.toString();
        });
        response.on('end', () => resolve([response.statusCode, body]));
      })
        .on('error', reject)
        .end();
    });
  }
}
