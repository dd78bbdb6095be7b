import { randomBytes } from 'node:crypto';
import type { ErrorInfo } from '../../model/error.ts';
import type { Ledger, LockNote } from '../../model/transport.ts';
import { printableLine } from '../../util/printable.ts';
import { err, ok, type Result } from '../../util/result.ts';
import { lockHeld, SAME_MACHINE, TAKEN_OVER } from '../errors.ts';
import type { Greeting } from './greeting.ts';
import { LockWaits, type Awaits } from './lock-waits.ts';
import { quote } from './quote.ts';
import type { CommandLine } from './command.ts';
import type { AskShell } from './settle.ts';
import { within } from './within.ts';

/** Ending what is over its deadline may take 10 s, and the shell that had the lock another 3. */
const ANSWER_MS = 30_000;

const LOOK_THERE =
  'Look at it on the host: ps -eo pid,stat,wchan,args. State D is a disk or a file server that does not answer.';

/** Tells two connections of this process apart from an earlier process that worked on the same run, for people who read the note. */
const SESSION = randomBytes(8).toString('hex');

export const CLEAN = 'clean';

interface Locking {
  readonly note: LockNote;
  readonly user: string;
  readonly greeting: Greeting;
  readonly awaits: Awaits;
}

/** Takes the lock, from an earlier connection of the same run and host too, once nothing of that one runs any more. */
export async function askForLock(
  ask: AskShell,
  locking: Locking,
  signal: AbortSignal,
): Promise<Result<Ledger, ErrorInfo>> {
  const incarnation = randomBytes(16).toString('hex');
  const waits = new LockWaits(locking.awaits);
  for (;;) {
    if (signal.aborted) return err({ code: 'interrupted', message: 'cancelled before it was locked' });
    const line = lockLine(locking.note, incarnation, waits.isForced);
    const report = await within(ask(line), AbortSignal.timeout(ANSWER_MS));
    if (report?.status === undefined)
      return err({ code: 'connection-lost', message: 'the connection was lost while the host was locked' });
    const [word, rest] = split(report.stdout.text.trim());
    if (!waits.goesOn(word, rest)) return lockOf(locking, word, rest);
    await within(new Promise(() => undefined), AbortSignal.any([signal, AbortSignal.timeout(waits.pauseMs)]));
  }
}

/** Frees the lock; with a run, its claims go too. The answer is `CLEAN` where nothing of the run is left. */
export const closeLine =
  (runId: string): CommandLine =>
  ({ nonce }) =>
    `rb_close ${nonce} ${quote(runId)}`;

function lockLine(note: LockNote, incarnation: string, isForced: boolean): CommandLine {
  const { runId, runbook, by, since, host, epoch } = note;
  const words = [runId, runbook, by, since, SESSION, incarnation, host, `${epoch}`, isForced ? 'force' : ''];
  const quoted = words.map((word) => quote(word.replaceAll(/[\0\r\n]/g, ' ')));
  return ({ nonce }) => ['rb_lock', nonce, ...quoted].join(' ');
}

function lockOf({ note, user, greeting }: Locking, word: string, rest: string): Result<Ledger, ErrorInfo> {
  const { facts } = greeting;
  if ((word === 'locked' || word === 'leased') && /^[\w-]{1,64}$/.test(rest))
    return ok({ incarnation: rest, bootId: facts.boot_id, ...(word === 'leased' ? { lease: true } : {}) });
  if (word === 'missing')
    return err({
      code: 'tools-missing',
      message: `the host has ${rest}`,
      hint: 'It can be diagnosed, and not changed. docs/hosts.md says what a host must have for changes.',
    });
  if (word === 'held' || word === 'busy') return err(holder(note, rest));
  if (word === 'twin') return err(SAME_MACHINE);
  if (word === 'newer') return err(TAKEN_OVER);
  if (word === 'stuck' || word === 'waits') return err(stuck(word, rest));
  const folder = facts.uid === 0 ? '/run/runbook' : '~/.local/state/runbook';
  return err({
    code: 'ledger-unsafe',
    message: `${folder} of ${facts.uid === 0 ? 'root' : user} ${word === 'unsafe' ? rest : notLocked(word, rest)}`,
    hint: `Look at it on the host: ls -ld ${folder}. What was started there can't be recorded, so nothing is changed.`,
  });
}

function stuck(word: string, rest: string): ErrorInfo {
  const [, pid = '', name = ''] = (word === 'stuck' ? /^(\d+)(?: (\S+))?/ : /^()(\S+)/).exec(rest) ?? [];
  const which = pid === '' ? '' : ` (process ${pid})`;
  return {
    code: 'lock-held',
    message:
      name === ''
        ? `the shell of an earlier connection of this run${which} has the lock and can't be ended`
        : `step ${name} of an earlier connection of this run${which} is over its deadline and can't be ended`,
    hint: LOOK_THERE,
  };
}

const LEFT: ErrorInfo = {
  code: 'lock-held',
  message: "something that an earlier connection of this run has started there can't be ended, and keeps the lock",
  hint: LOOK_THERE,
};

const notLocked = (word: string, rest: string): string =>
  word === '' ? 'gave no answer' : `could not be locked; the host says: ${printableLine(`${word} ${rest}`)}`;

function split(text: string): readonly [string, string] {
  const [, word = '', rest = ''] = /^(\S*)\s*([^]*)$/.exec(text) ?? [];
  return [word, rest];
}

/** A shell that ended what it could hands its lock to one that waits for the rest. */
function holder({ runId, host, epoch }: LockNote, said: string): ErrorInfo {
  const fields = new Map(said.split('\n').map(split));
  if (fields.get('run') === runId) return LEFT;
  return lockHeld({
    host,
    epoch,
    runId: fields.get('run') ?? 'unknown',
    runbook: fields.get('runbook') ?? 'an unknown runbook',
    by: fields.get('by') ?? 'someone unknown',
    since: fields.get('since') ?? 'an unknown time',
  });
}
