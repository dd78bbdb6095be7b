import { randomBytes } from 'node:crypto';
import type { ErrorInfo } from '../../model/error.ts';
import type { Ledger, LockNote } from '../../model/transport.ts';
import { printableLine } from '../../util/printable.ts';
import { err, ok, type Result } from '../../util/result.ts';
import { lockHeld, SAME_MACHINE } from '../errors.ts';
import type { OpenShell } from './open.ts';
import { quote } from './quote.ts';
import type { Reach } from './reach.ts';
import type { CommandLine } from './session.ts';
import { within } from './within.ts';

const LOCK_MS = 15_000;

/** Tells two connections of this process apart from an earlier process that worked on the same run. */
const SESSION = randomBytes(8).toString('hex');

/** Takes the lock. */
export async function askForLock(
  { session, greeting }: OpenShell,
  { user }: Reach,
  note: LockNote,
  signal: AbortSignal,
): Promise<Result<Ledger, ErrorInfo>> {
  if (signal.aborted) return err({ code: 'interrupted', message: 'cancelled before it was locked' });
  const words = [note.runId, note.runbook, note.by, note.since, SESSION, randomBytes(16).toString('hex')];
  const quoted = words.map((word) => quote(word.replaceAll(/[\0\r\n]/g, ' ')));
  const sent = session.send(({ nonce }) => ['rb_lock', nonce, ...quoted].join(' '));
  const report = await within(sent.report, AbortSignal.timeout(LOCK_MS));
  if (report?.status === undefined)
    return err({ code: 'connection-lost', message: 'the connection was lost while the host was locked' });
  const [word, rest] = split(report.stdout.text.trim());
  if ((word === 'locked' || word === 'leased') && /^[\w-]{1,64}$/.test(rest))
    return ok({ incarnation: rest, bootId: greeting.facts.boot_id, ...(word === 'leased' ? { lease: true } : {}) });
  if (word === 'missing')
    return err({
      code: 'tools-missing',
      message: `the host has ${rest}`,
      hint: 'It can be diagnosed, and not changed. docs/hosts.md says what a host must have for changes.',
    });
  if (word === 'held') return err(holder(note, rest));
  const folder = greeting.facts.uid === 0 ? '/run/runbook' : '~/.local/state/runbook';
  return err({
    code: 'ledger-unsafe',
    message: `${folder} of ${greeting.facts.uid === 0 ? 'root' : user} ${word === 'unsafe' ? rest : notLocked(word, rest)}`,
    hint: `Look at it on the host: ls -ld ${folder}. What was started there can't be recorded, so nothing is changed.`,
  });
}

/** Frees the lock; with a run, its claims go too. */
export const closeLine =
  (runId: string): CommandLine =>
  ({ nonce }) =>
    `rb_close ${nonce} ${quote(runId)}`;

const notLocked = (word: string, rest: string): string =>
  word === '' ? 'gave no answer' : `could not be locked; the host says: ${printableLine(`${word} ${rest}`)}`;

function split(text: string): readonly [string, string] {
  const [, word = '', rest = ''] = /^(\S*)\s*([^]*)$/.exec(text) ?? [];
  return [word, rest];
}

function holder(note: LockNote, said: string): ErrorInfo {
  const fields = new Map(said.split('\n').map(split));
  const held: LockNote = {
    runId: fields.get('run') ?? 'unknown',
    host: fields.get('host') ?? '',
    epoch: Number(fields.get('epoch') ?? 0),
    runbook: fields.get('runbook') ?? 'an unknown runbook',
    by: fields.get('by') ?? 'someone unknown',
    since: fields.get('since') ?? 'an unknown time',
  };
  return held.runId === note.runId && fields.get('session') === SESSION ? SAME_MACHINE : lockHeld(held);
}
