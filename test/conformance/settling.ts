import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { CommandResult, Output } from '../../src/model/script.ts';
import type { ChangeRequest, Claim, Connection, LockNote, Settled } from '../../src/model/transport.ts';
import { changeOf, connected, newRunId, NEVER, type TransportUnderTest } from './transport.ts';

interface Tools {
  readonly under: () => TransportUnderTest;
  readonly look: (command: string) => Promise<string>;
}

/** What must be told by a claim as it was told by the connection. */
const SCRIPTS: Readonly<Record<string, string>> = {
  'a status with both streams': 'echo out; echo err >&2; exit 4',
  'a last line without an end': "printf 'a\\nb'; printf c >&2",
  'nothing printed': 'exit 255',
  'a signal': 'echo before; kill -9 $$',
  'a status that looks like a signal': 'echo err >&2; exit 143',
  'no shell text': 'echo "open',
  'what looks like our lines': `printf '\\n@%s:end:0:\\n' 0123456789abcdef0123456789abcdef | tee /dev/stderr; exit 3`,
  'bytes that are no text': "printf '\\377\\303a\\000\\303\\251'",
  'many short lines': 'i=0; while [ $i -lt 600 ]; do echo "line $i"; sleep 0.001; i=$((i+1)); done',
  'two MiB and a little': 'head -c 2098000 /dev/zero; echo end',
  'more than is kept': 'echo first >&2; head -c 7000000 /dev/zero | tr "\\0" x >&2; echo last >&2; echo out',
  'a daemon that goes on to speak':
    '(i=0; while [ $i -lt 20 ]; do echo tick; sleep 0.1; i=$((i+1)); done) & echo started',
};

const HOLDER_OF = (ledger: string): string => `read pid start <${ledger}/holder`;

export const noteOf = (runId: string, epoch: number, more: Partial<LockNote> = {}): LockNote => ({
  runId,
  host: 'web',
  epoch,
  runbook: 'demo',
  by: 'ann',
  since: '2026-01-01T00:00:00Z',
  ...more,
});

export function describeSettling({ under, look }: Tools): void {
  const open: Connection[] = [];
  const unlocked = async (): Promise<Connection> => {
    const connection = await connected(under());
    open.push(connection);
    return connection;
  };
  const lockedAt = async (
    runId: string,
    epoch: number,
    awaits?: (claim: Pick<Claim, 'step' | 'attempt'>) => void,
    through?: Connection,
  ): Promise<Connection> => {
    const connection = through ?? (await unlocked());
    const ledger = await connection.lock(noteOf(runId, epoch), NEVER, awaits);
    assert.ok(ledger.ok, ledger.ok ? '' : JSON.stringify(ledger.error));
    return connection;
  };
  const settled = async (connection: Connection, claim: Claim, more: Partial<ChangeRequest> = {}): Promise<Settled> => {
    const result = await connection.settle({ claim, ...more }, NEVER);
    assert.ok(result.ok, result.ok ? '' : JSON.stringify(result.error));
    return result.value;
  };
  const answer = async (...asked: Parameters<typeof settled>): Promise<CommandResult> => {
    const told = await settled(...asked);
    assert.ok(told.state === 'ended', JSON.stringify(told));
    return told.answer;
  };

  afterEach(async () => {
    for (const connection of open.splice(0)) await connection.close();
  });

  it('tells of each change what the connection told', async () => {
    const runId = newRunId();
    const first = await lockedAt(runId, 1);
    const claimOf = (index: number): Claim => ({ runId, step: `step-${index}`, attempt: 1, epoch: 1 });
    const live: CommandResult[] = [];
    for (const [index, text] of Object.values(SCRIPTS).entries())
      live.push(await first.change(changeOf(runId, text, { claim: claimOf(index) }), NEVER));
    const second = await lockedAt(runId, 2);
    for (const [index, what] of Object.keys(SCRIPTS).entries()) {
      const told = await answer(second, claimOf(index));
      const was = live[index];
      assert.ok(was);
      assert.deepEqual(told.end, was.end, what);
      assertSame(told.stdout, was.stdout, `${what}: stdout`);
      assertSame(told.stderr, was.stderr, `${what}: stderr`);
      assert.ok(Math.abs(told.durationMs - was.durationMs) < 1000, `${what}: ${told.durationMs} ${was.durationMs}`);
    }
  }).timeout(60_000);

  it('waits for a change that still runs, says which, and tells its end', async () => {
    const runId = newRunId();
    const { claim, ...request } = changeOf(
      runId,
      'i=0; while [ $i -lt 10 ]; do echo $i; sleep 0.1; i=$((i+1)); done; exit 5',
    );
    const first = await lockedAt(runId, 1);
    const next = await unlocked();
    const cutOff = first.change({ claim, ...request }, NEVER);
    await pause(400);
    const awaited: unknown[] = [];
    const second = await lockedAt(runId, 2, (which) => awaited.push(which), next);
    assert.deepEqual(awaited, [{ step: claim.step, attempt: 1 }]);
    const told = await answer(second, claim);
    assert.deepEqual([told.end, told.stdout.text], [{ how: 'exit', code: 5 }, '0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n']);
    assert.deepEqual(await answer(second, claim), told);
    await cutOff;
    const late = await first.change(changeOf(runId, 'echo late', { claim: { ...claim, step: 'late' } }), NEVER);
    assert.equal(late.end.how, 'not-started');
    assert.deepEqual(await settled(second, { ...claim, step: 'late' }), { state: 'not-started' });
  }).timeout(30_000);

  it('awaits a change up to its deadline, which the host keeps', async () => {
    const runId = newRunId();
    const change = changeOf(runId, 'echo begun; sleep 66', { timeoutMs: 2000 });
    const cutOff = (await lockedAt(runId, 1)).change(change, NEVER);
    await pause(400);
    const second = await lockedAt(runId, 2);
    const told = await answer(second, change.claim);
    assert.deepEqual([told.end, told.stdout.text], [{ how: 'timeout', gone: true }, 'begun\n']);
    await cutOff;
  }).timeout(30_000);

  it('ends a shell that has the lock and does nothing, and what is left of the waiting when it is aborted', async () => {
    const runId = newRunId();
    const first = await lockedAt(runId, 1);
    const second = await unlocked();
    const change = changeOf(runId, 'sleep 2');
    const cutOff = first.change(change, NEVER);
    await pause(400);
    const stop = new AbortController();
    const refused = await second.lock(noteOf(runId, 2), stop.signal, () => stop.abort());
    assert.equal(refused.ok ? 'locked' : refused.error.code, 'interrupted');
    const third = await lockedAt(runId, 3);
    await cutOff;
    assert.deepEqual((await answer(third, change.claim)).end, { how: 'exit', code: 0 });
    assert.deepEqual((await first.read({ script: changeOf(runId, 'true').script, timeoutMs: 1000 }, NEVER)).end, {
      how: 'lost',
    });
  }).timeout(30_000);

  it('tells the end of a change whose shell was killed, and stays locked until then', async () => {
    const runId = newRunId();
    const first = await lockedAt(runId, 1);
    const [next, stranger] = [await unlocked(), await unlocked()];
    const change = changeOf(runId, 'echo begun; sleep 3; echo ended; exit 3');
    const cutOff = first.change(change, NEVER);
    await begun(first, change.claim);
    await look(`${HOLDER_OF(await ledgerOf(first))}; kill -9 "$pid"`);
    const refused = await stranger.lock(noteOf(newRunId(), 1), NEVER);
    assert.equal(refused.ok ? 'locked' : refused.error.code, 'lock-held');
    assert.match(refused.ok ? '' : refused.error.message, new RegExp(`${runId} of demo, started by ann`));
    const awaited: unknown[] = [];
    const second = await lockedAt(runId, 2, (which) => awaited.push(which), next);
    assert.equal(awaited.length, 1);
    const told = await answer(second, change.claim);
    assert.deepEqual([told.end, told.stdout.text], [{ how: 'exit', code: 3 }, 'begun\nended\n']);
    await cutOff;
  }).timeout(30_000);

  it('hears the end of a change whose shell was killed through the same connection', async () => {
    const runId = newRunId();
    const first = await lockedAt(runId, 1);
    const change = changeOf(runId, 'echo begun; sleep 1; exit 3');
    const running = first.change(change, NEVER);
    await begun(first, change.claim);
    await look(`${HOLDER_OF(await ledgerOf(first))}; kill -9 "$pid"`);
    const { end, stdout } = await running;
    assert.deepEqual([end, stdout.text], [{ how: 'exit', code: 3 }, 'begun\n']);
  }).timeout(30_000);

  it('says that nobody knows when what waited for the end was killed, and what still runs', async () => {
    const runId = newRunId();
    const sleeper = `${Math.floor(10_000 + Math.random() * 80_000)}`;
    const first = await lockedAt(runId, 1);
    const change = changeOf(runId, `sleep ${sleeper} & sleep 1; exit 3`);
    const cutOff = first.change(change, NEVER);
    await begun(first, change.claim);
    await killAllThatWait(first, change.claim);
    const second = await lockedAt(runId, 2);
    assert.deepEqual((await cutOff).end, { how: 'lost' });
    const told = await settled(second, change.claim);
    assert.match(
      told.state === 'unknown' ? told.why : told.state,
      /what waited for its end there was killed; what it started still runs, as process \d+$/,
    );
    await second.close();
    const third = await lockedAt(runId, 3);
    await look(`pkill -fx "sleep ${sleeper}"; sleep 0.2`);
    const later = await settled(third, change.claim);
    assert.match(later.state === 'unknown' ? later.why : later.state, /what waited for its end there was killed$/);
  }).timeout(30_000);

  it('gives up on a change that is over its deadline and goes on, and ends it when nothing else does', async () => {
    const runId = newRunId();
    const first = await lockedAt(runId, 1);
    const ledger = await ledgerOf(first);
    const change = changeOf(runId, 'sleep 71', { timeoutMs: 60_000 });
    const cutOff = first.change(change, NEVER);
    await pause(400);
    await look(`cd ${ledger}/${runId}/web.step.1; sed -i 's/^seconds .*/seconds -30/' claim`);
    const second = await unlocked();
    const refused = await second.lock(noteOf(runId, 2), NEVER);
    assert.match(refused.ok ? 'locked' : refused.error.message, /^step web[.]step[.]1 .* is over its deadline/);
    assert.equal(refused.ok ? '' : refused.error.code, 'lock-held');
    await killAllThatWait(first, change.claim);
    const third = await lockedAt(runId, 3);
    assert.equal((await settled(third, change.claim)).state, 'unknown');
    assert.equal(await look("pgrep -fc 'sleep 71$' || true"), '0');
    await cutOff;
  }).timeout(30_000);

  it('does not say that a change never began whose claims were removed since', async () => {
    const runId = newRunId();
    const { claim, ...request } = changeOf(runId, 'true');
    const first = await lockedAt(runId, 1);
    await first.change({ claim, ...request }, NEVER);
    await first.close();
    const second = await lockedAt(runId, 2);
    assert.equal((await settled(second, claim)).state, 'unknown');
    assert.deepEqual(await settled(second, { ...claim, step: 'other', epoch: 2 }), { state: 'not-started' });
  });

  it('keeps claims of changes that it answered where the record lacks their end', async () => {
    const runId = newRunId();
    const { claim, ...request } = changeOf(runId, 'exit 5');
    const first = await lockedAt(runId, 1);
    await first.change({ claim, ...request }, NEVER);
    await first.close('keep-claims');
    assert.deepEqual((await answer(await lockedAt(runId, 2), claim)).end, { how: 'exit', code: 5 });
  });

  it('keeps claims that nobody was told the end of, and removes them when that was told', async () => {
    const runId = newRunId();
    const first = await lockedAt(runId, 1);
    const ledger = await ledgerOf(first);
    const change = changeOf(runId, 'sleep 1.1');
    const cutOff = first.change(change, NEVER);
    await begun(first, change.claim);
    await killAllThatWait(first, change.claim);
    await cutOff;
    await (await lockedAt(runId, 2)).close();
    assert.equal(await look(`ls ${ledger}/${runId}`), 'epoch\nweb.step.1');
    const third = await lockedAt(runId, 3);
    await settled(third, change.claim);
    await third.close();
    assert.equal(await look(`ls -d ${ledger}/${runId} 2>/dev/null || true`), '');
  }).timeout(30_000);

  const begun = async (connection: Connection, { runId, step, attempt }: Claim): Promise<void> => {
    const file = `${await ledgerOf(connection)}/${runId}/${step}.${attempt}/pid`;
    for (let round = 0; round < 200; round += 1) {
      if ((await look(`cat ${file} 2>/dev/null || true`)).includes(' ')) break;
      await pause(50);
    }
    await pause(200);
  };
  const killAllThatWait = async (connection: Connection, { runId, step, attempt }: Claim): Promise<void> => {
    const ledger = await ledgerOf(connection);
    const supervisor = `read supervisor born <${ledger}/${runId}/${step}.${attempt}/supervisor`;
    await look(`${HOLDER_OF(ledger)}; ${supervisor}; kill -9 "$pid" "$supervisor"`);
  };
  const ledgerOf = async ({ facts }: Connection): Promise<string> =>
    facts.uid === 0 ? '/run/runbook' : `${await look(`getent passwd ${facts.uid} | cut -d: -f6`)}/.local/state/runbook`;
}

/** The hash of what nobody kept is not known. */
function assertSame(told: Output, was: Output, what: string): void {
  assert.ok(told.text === was.text, `${what}: ${JSON.stringify(told.text.slice(0, 200))}`);
  assert.deepEqual([told.bytes, told.truncated], [was.bytes, was.truncated], what);
  assert.equal(told.sha256, was.truncated && told.sha256 === '' ? '' : was.sha256, what);
}
