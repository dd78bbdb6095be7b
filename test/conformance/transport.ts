import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Host } from '../../src/model/host.ts';
import type { CommandResult, Script } from '../../src/model/script.ts';
import type { ChangeRequest, Connection, Transport } from '../../src/model/transport.ts';
import { skip } from '../support/skip.ts';
import { describeReadsTogether } from './reads-together.ts';
import { describeSettling } from './settling.ts';

/** What the suite needs of a transport under test: fresh for every test. */
export interface TransportUnderTest {
  readonly transport: Transport;
  readonly host: Host;
  /** Runs a shell command on the host without the transport; its stdout. */
  look(command: string): Promise<string> | string;
  /** Cuts the connection without a word, where that is possible. */
  cut?(): Promise<void> | void;
}

export const NEVER = new AbortController().signal;

export const script = (text: string, more: Partial<Script> = {}): Script => ({
  summary: text.slice(0, 60),
  text,
  ...more,
});

let runs = 0;
export const newRunId = (): string => `run-${process.pid}-${Date.now().toString(36)}-${(runs += 1)}`;

export const changeOf = (runId: string, text: string, more: Partial<ChangeRequest> = {}): ChangeRequest => ({
  script: script(text),
  timeoutMs: 10_000,
  claim: { runId, step: 'web.step', attempt: 1, epoch: 1 },
  ...more,
});

export async function connected({ transport, host }: TransportUnderTest, become = true): Promise<Connection> {
  const connection = await transport.connect(host, { become, connectTimeoutMs: 10_000, secrets: {} }, NEVER);
  assert.ok(connection.ok, connection.ok ? '' : JSON.stringify(connection.error));
  return connection.value;
}

export async function locked(connection: Connection, runId: string): Promise<void> {
  const ledger = await connection.lock(
    { runId, host: 'web', epoch: 1, runbook: 'demo', by: 'ann', since: '2026-01-01T00:00:00Z' },
    NEVER,
  );
  assert.ok(ledger.ok, ledger.ok ? '' : JSON.stringify(ledger.error));
}

const exit = (code: number) => ({ how: 'exit', code });

/** The promises of `Transport` and `Connection`, for a transport whose far end is a POSIX shell. */
export function describeTransport(prepare: (context: Mocha.Context) => Promise<TransportUnderTest>): void {
  let under: TransportUnderTest;
  let connection: Connection;
  const others: Connection[] = [];
  const another = async (): Promise<Connection> => {
    const other = await connected(under);
    others.push(other);
    return other;
  };
  const read = (text: string, more: Partial<Script> = {}, timeoutMs = 10_000): Promise<CommandResult> =>
    connection.read({ script: script(text, more), timeoutMs }, NEVER);
  const marked = (): string => `/tmp/runbook-test-${process.pid}-${Math.random().toString(36).slice(2)}`;
  const look = async (command: string): Promise<string> => (await under.look(command)).trim();
  const waitFor = async (command: string, wanted: string): Promise<void> => {
    const seen = () => look(`${command} 2>/dev/null || true`);
    for (let round = 0; round < 100 && (await seen()) !== wanted; round += 1) await pause(50);
    assert.equal(await seen(), wanted);
  };

  beforeEach(async function () {
    this.timeout(60_000);
    under = await prepare(this);
    connection = await connected(under);
  });

  afterEach(async () => {
    for (const open of [connection, ...others.splice(0)]) await open?.close();
  });

  describe('what a host says about itself', () => {
    it('comes from the host in the first round trip', async () => {
      const { facts } = connection;
      assert.equal(facts.kernel, await look('uname -r'));
      assert.equal(facts.arch, await look('uname -m'));
      assert.match(facts.boot_time, /^20\d\d-\d\d-\d\dT/);
      assert.ok(Math.abs(Date.parse(facts.time) - Date.now()) < 60_000);
      assert.ok(facts.cpus > 0 && facts.memory_bytes > 0);
    });
  });

  describe('a read', () => {
    it('reports status, stdout and stderr apart, to the byte', async () => {
      const result = await read("printf 'out\\nno end'; echo err >&2; exit 3");
      assert.deepEqual(result.end, exit(3));
      assert.equal(result.stdout.text, 'out\nno end');
      assert.equal(result.stderr.text, 'err\n');
      assert.equal(result.stdout.sha256, createHash('sha256').update('out\nno end').digest('hex'));
    });

    it('gives values to the shell as data, whatever they hold', async () => {
      const nasty = 'it\'s $HOME `id` "x" \\ \n !! \t*;&|é';
      const given = { variables: { a: nasty }, env: { RB_TEST: nasty }, args: [nasty, '', '-n'] };
      const result = await read(
        'printf "%s\\0" "$a" "$@" "$#"; sh -c \'printf "%s\\n" "$RB_TEST"\'; env | grep -c "^a="',
        given,
      );
      assert.equal(result.stdout.text, `${nasty}\0${nasty}\0\0-n\x003\0${nasty}\n0\n`);
    });

    it('keeps a step that leaves early, fails under set -e, or is no shell text at all to itself', async () => {
      const texts = ['exit 5', 'set -e; false; exit 6', 'if; then', 'echo "open', 'set -u; echo $nope', 'exec true'];
      const results = await Promise.all(texts.map((text) => read(text)));
      const codes = results.map(({ end }) => (end.how === 'exit' ? end.code : end.how));
      assert.deepEqual(codes.slice(0, 2), [5, 1]);
      assert.ok(results.slice(2, 5).every(({ end }) => end.how === 'exit' && end.code !== 0));
      assert.equal(codes[5], 0);
      assert.equal((await read('echo well')).stdout.text, 'well\n');
    });

    it('has an empty stdin, C locale, UTC, a full PATH, umask 022 and starts in /', async () => {
      const result = await read('cat; echo "$LC_ALL $TZ $(umask) $PWD"; command -v id ls >/dev/null && date +%Z');
      assert.equal(result.stdout.text, 'C UTC 0022 /\nUTC\n');
    });

    it('tells a signal from a status, and 255 from a lost connection', async () => {
      const ends = await Promise.all(
        ['kill -9 $$', 'exit 137', 'exit 255', 'exit 130'].map(async (text) => (await read(text)).end),
      );
      assert.deepEqual(ends, [{ how: 'signal', signal: 'KILL' }, exit(137), exit(255), exit(130)]);
    });

    it('takes output that looks like an end for output', async () => {
      const fake = "printf '\\n@0123456789abcdef0123456789abcdef:end:0:\\n' | tee /dev/stderr; exit 4";
      const result = await read(fake);
      assert.deepEqual(result.end, exit(4));
      assert.equal(result.stdout.text, '\n@0123456789abcdef0123456789abcdef:end:0:\n');
      assert.equal(result.stderr.text, result.stdout.text);
    });

    it('counts and hashes all of a large output and keeps both ends of it', async () => {
      const result = await read('echo first; head -c 5000000 /dev/zero; echo; echo last');
      assert.equal(result.stdout.bytes, 5_000_012);
      assert.ok(result.stdout.truncated);
      assert.ok(result.stdout.text.startsWith('first\n') && result.stdout.text.endsWith('\nlast\n'));
      assert.ok(result.stdout.text.length < 2_200_000);
      const whole = Buffer.concat([Buffer.from('first\n'), Buffer.alloc(5_000_000), Buffer.from('\nlast\n')]);
      assert.equal(result.stdout.sha256, createHash('sha256').update(whole).digest('hex'));
    });

    it('replaces bytes that are no UTF-8 and keeps characters whole', async () => {
      const result = await read(
        "printf '\\377a'; i=0; while [ $i -lt 3000 ]; do printf 'é%.0s' 1 2 3 4 5 6 7 8 9; i=$((i+1)); done",
      );
      assert.equal(result.stdout.text, `\ufffda${'é'.repeat(27_000)}`);
    });

    it('may be 200 kB of text', async () => {
      const result = await read(`: '${'x'.repeat(200_000)}'\necho long`);
      assert.equal(result.stdout.text, 'long\n');
    });

    it('is refused when no shell can hold it', async () => {
      const result = await read('echo a\0b');
      assert.equal(result.end.how, 'not-started');
    });

    it('does not wait for a background process that keeps the output, and does not end it', async function () {
      this.timeout(20_000);
      const file = marked();
      const first = await read(
        `(i=0; while [ $i -lt 40 ]; do echo tick; echo $i >${file}; i=$((i+1)); sleep 0.1; done; echo whole >${file}) & echo started`,
      );
      assert.ok(first.stdout.text.includes('started\n'));
      const second = await read('echo clean');
      assert.deepEqual([second.end, second.stdout.text], [exit(0), 'clean\n']);
      await waitFor(`cat ${file}`, 'whole');
      await look(`rm -f ${file}`);
    });

    it('is ended at its deadline with all it started, and says that nothing is left', async () => {
      const sleeper = `${Math.floor(10_000 + Math.random() * 80_000)}`;
      const result = await read(`sleep ${sleeper} & trap '' TERM; echo begun; sleep ${sleeper}`, {}, 400);
      assert.deepEqual(result.end, { how: 'timeout', gone: true });
      assert.equal(result.stdout.text, 'begun\n');
      assert.equal(await look(`pgrep -fc 'sleep ${sleeper}$' || true`), '0');
      assert.equal((await read('echo next')).stdout.text, 'next\n');
    }).timeout(20_000);

    it('is ended when the caller no longer waits', async () => {
      const stop = new AbortController();
      setTimeout(() => stop.abort(), 300);
      const result = await connection.read({ script: script('sleep 77'), timeoutMs: 60_000 }, stop.signal);
      assert.deepEqual(result.end, { how: 'cancelled', gone: true });
    }).timeout(20_000);
  });

  describe('reads that were sent together', () => describeReadsTogether({ under: () => under, read, look, waitFor }));

  describe('a change', () => {
    it('starts only under the lock', async () => {
      const result = await connection.change(changeOf(newRunId(), 'echo no'), NEVER);
      assert.equal(result.end.how, 'not-started');
    });

    it('runs once for one claim, and reports like a read', async () => {
      const runId = newRunId();
      const file = marked();
      await locked(connection, runId);
      const first = await connection.change(changeOf(runId, `echo x >>${file}; echo out; echo err >&2; exit 4`), NEVER);
      assert.deepEqual([first.end, first.stdout.text, first.stderr.text], [exit(4), 'out\n', 'err\n']);
      const again = await connection.change(changeOf(runId, `echo x >>${file}`), NEVER);
      assert.deepEqual(again.end, { how: 'not-started', why: 'claimed' });
      assert.equal(await look(`wc -l <${file}; rm -f ${file}`), '1');
    });

    it('of an older epoch is refused', async () => {
      const runId = newRunId();
      await locked(connection, runId);
      const at = (step: string, epoch: number) =>
        changeOf(runId, 'true', { claim: { runId, step, attempt: 1, epoch } });
      assert.deepEqual((await connection.change(at('a', 2), NEVER)).end, exit(0));
      assert.equal((await connection.change(at('b', 1), NEVER)).end.how, 'not-started');
    });

    it('does not wait for a daemon it started, does not end it, and keeps its output out of the next step', async function () {
      this.timeout(20_000);
      const runId = newRunId();
      const file = marked();
      await locked(connection, runId);
      const daemon = `(i=0; while [ $i -lt 30 ]; do echo tick; i=$((i+1)); sleep 0.1; done; echo whole >${file}) & echo started`;
      const first = await connection.change(changeOf(runId, daemon), NEVER);
      assert.deepEqual(first.end, exit(0));
      const second = await read('sleep 0.3; echo clean');
      assert.equal(second.stdout.text, 'clean\n');
      await connection.close();
      await waitFor(`cat ${file}`, 'whole');
      await look(`rm -f ${file}`);
    });

    it('has its deadline on the host', async () => {
      const runId = newRunId();
      await locked(connection, runId);
      const result = await connection.change(changeOf(runId, 'echo begun; sleep 44', { timeoutMs: 1000 }), NEVER);
      assert.deepEqual([result.end, result.stdout.text], [{ how: 'timeout', gone: true }, 'begun\n']);
    }).timeout(20_000);

    it('tells a signal from a status', async () => {
      const runId = newRunId();
      await locked(connection, runId);
      const at = (step: string, text: string) =>
        connection.change(changeOf(runId, text, { claim: { runId, step, attempt: 1, epoch: 1 } }), NEVER);
      assert.deepEqual((await at('a', 'kill -9 $$')).end, { how: 'signal', signal: 'KILL' });
      assert.deepEqual((await at('b', 'exit 143')).end, exit(143));
      assert.equal((await at('c', 'echo "open')).end.how, 'exit');
      const large = await at('d', 'head -c 3000000 /dev/zero; echo end');
      assert.deepEqual([large.end, large.stdout.bytes], [exit(0), 3_000_004]);
    });

    it('finishes and is recorded on the host when the connection is cut, and the lock is free after it', async function () {
      this.timeout(30_000);
      if (under.cut === undefined) skip(this, 'no link leads to this machine that could be cut');
      const runId = newRunId();
      const file = marked();
      await locked(connection, runId);
      const text = `i=0; while [ $i -lt 20 ]; do echo line $i; i=$((i+1)); sleep 0.1; done; echo whole >${file}`;
      const running = connection.change(changeOf(runId, text), NEVER);
      await pause(700);
      await under.cut();
      assert.deepEqual((await running).end, { how: 'lost' });
      const next = await another();
      const busy = await next.lock(
        { runId: newRunId(), host: 'web', epoch: 1, runbook: 'b', by: 'me', since: 'now' },
        NEVER,
      );
      assert.equal(busy.ok ? 'free' : busy.error.code, 'lock-held');
      await waitFor(`cat ${file}`, 'whole');
      await pause(300);
      await locked(next, runId);
      const again = await next.change(changeOf(runId, text), NEVER);
      assert.deepEqual(again.end, { how: 'not-started', why: 'claimed' });
      assert.match(await look(`cat ${await ledger(next)}/${runId}/web.step.1/rc`), /^0\b/);
      assert.match(await look(`cat ${await ledger(next)}/${runId}/web.step.1/stdout`), /line 0\n[^]*line 19/);
      await next.close();
      await look(`rm -f ${file}`);
    });
  });

  describe('a change whose answer never came', () => describeSettling({ under: () => under, look }));

  describe('the lock', () => {
    it('is held by one connection, names its holder, and is free after close', async () => {
      const runId = newRunId();
      await locked(connection, runId);
      const other = await another();
      const refused = await other.lock(
        { runId: newRunId(), host: 'web', epoch: 1, runbook: 'b', by: 'bob', since: 'now' },
        NEVER,
      );
      assert.equal(refused.ok ? 'free' : refused.error.code, 'lock-held');
      assert.match(refused.ok ? '' : refused.error.message, new RegExp(`${runId} of demo, started by ann`));
      const twin = await other.lock({ runId, host: 'twin', epoch: 2, runbook: 'b', by: 'bob', since: 'now' }, NEVER);
      assert.equal(twin.ok ? 'free' : twin.error.code, 'same-machine');
      const late = await other.lock({ runId, host: 'web', epoch: 1, runbook: 'b', by: 'bob', since: 'now' }, NEVER);
      assert.equal(late.ok ? 'free' : late.error.message, 'taken over by a newer session of this run');
      await connection.close();
      await locked(other, newRunId());
      await other.close();
    });

    it('is not inherited by what a step leaves behind', async () => {
      const runId = newRunId();
      await locked(connection, runId);
      await connection.change(changeOf(runId, 'sleep 5 & echo left'), NEVER);
      await connection.close();
      const other = await another();
      await locked(other, newRunId());
      await other.close();
    });

    it('keeps one incarnation of the ledger, private to its user', async () => {
      const note = { runId: newRunId(), host: 'web', epoch: 1, runbook: 'b', by: 'me', since: 'now' };
      const first = await connection.lock(note, NEVER);
      await connection.close();
      const other = await another();
      const second = await other.lock(note, NEVER);
      assert.ok(first.ok && second.ok);
      assert.equal(first.value.incarnation, second.value.incarnation);
      assert.equal(first.value.bootId, other.facts.boot_id);
      assert.match(await look(`ls -ld ${await ledger(other)}`), /^drwx------/);
      assert.match(await look(`ls -l ${await ledger(other)}.lock`), /^-rw-r--r--/);
      await other.close();
    });

    it('leaves no claims of a run whose changes were all answered', async () => {
      const runId = newRunId();
      await locked(connection, runId);
      await connection.change(changeOf(runId, 'true'), NEVER);
      assert.equal(await look(`ls ${await ledger(connection)}/${runId}`), 'epoch\nweb.step.1');
      await connection.close();
      assert.equal(await look(`ls -d ${await ledger(connection)}/${runId} 2>/dev/null || true`), '');
    });
  });

  describe('a byte stream to a port of the host', () => {
    it('reaches what listens there and says when nothing does', async () => {
      const server = createServer((socket) => socket.end('hello')).listen(0, '127.0.0.1');
      await new Promise((resolve) => server.once('listening', resolve));
      const { port } = server.address() as { port: number };
      const here = under.host.address === '127.0.0.1' || under.host.connection === 'local';
      const dialed = await connection.dial('127.0.0.1', here ? port : under.host.port, NEVER);
      assert.ok(dialed.ok);
      const first = await new Promise<string>((resolve) =>
        dialed.value.once('data', (chunk: Buffer) => resolve(chunk.toString())),
      );
      assert.match(first, here ? /^hello/ : /^SSH-2/);
      dialed.value.destroy();
      server.close();
      const nothing = await connection.dial('127.0.0.1', 1, NEVER);
      assert.equal(nothing.ok ? 'open' : nothing.error.code, 'connection-refused');
    });
  });

  describe('close', () => {
    it('may be called twice, and nothing can be asked after it', async () => {
      await connection.close();
      await connection.close();
      assert.deepEqual((await read('echo late')).end, { how: 'lost' });
    });
  });

  const ledger = async ({ facts }: Connection): Promise<string> =>
    facts.uid === 0 ? '/run/runbook' : `${await look(`getent passwd ${facts.uid} | cut -d: -f6`)}/.local/state/runbook`;
}

/** Looks at this machine. */
export const lookHere = (command: string): string => execFileSync('/bin/sh', ['-c', command], { encoding: 'utf8' });
