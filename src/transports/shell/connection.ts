import type { Duplex } from 'node:stream';
import type { ErrorInfo } from '../../model/error.ts';
import type { HostFacts } from '../../model/host.ts';
import type { CommandEnd, CommandResult } from '../../model/script.ts';
import type {
  Become,
  ChangeRequest,
  ConnectOptions,
  Connection,
  Ledger,
  LockNote,
  ReadRequest,
} from '../../model/transport.ts';
import { err, ok, type Result } from '../../util/result.ts';
import { endedWithoutOutput } from '../output.ts';
import { Gate } from './gate.ts';
import { askForLock, closeLine } from './lock.ts';
import { openShell, userOf, within, type OpenShell, type ShellUser } from './open.ts';
import { endedBy, resultOf } from './outcome.ts';
import { scriptSource } from './quote.ts';
import type { Reach } from './reach.ts';
import type { CommandLine, Report, Sent } from './session.ts';
import { stopProcess, unblock } from './stop.ts';
import type { SudoPasswords } from './sudo-passwords.ts';
import { changeLine, readLine, type Step } from './step-line.ts';

/** The host ends a read by itself so much later, for when nobody is left to do it. */
const READ_BACKSTOP_S = 10;
/** The host ends a change at its deadline within 10 s; after this we do. */
const CHANGE_GRACE_MS = 15_000;
const SETTLE_MS = 2000;
const CLOSE_MS = 4000;
const SAFE_NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;

/** Speaks with the shell of an open way, and owns both from now on: when there is no shell, the way is closed. */
export async function connectShell(
  reach: Reach,
  { become, becomePassword, connectTimeoutMs }: ConnectOptions,
  passwords: SudoPasswords,
  signal: AbortSignal,
): Promise<Result<Connection, ErrorInfo>> {
  const user: ShellUser = { become, password: becomePassword, passwords };
  const shell = await openShell(reach, user, connectTimeoutMs, signal);
  if (shell.ok) return ok(new ShellConnection(reach, user, shell.value));
  reach.close();
  return shell;
}

interface Waiting {
  readonly become: Become;
  /** From the moment its turn has come on the host. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

class ShellConnection implements Connection {
  readonly facts: HostFacts;
  readonly #reach: Reach;
  readonly #user: ShellUser;
  readonly #shell: OpenShell;
  readonly #gate = new Gate();
  #lockedRun: string | undefined;
  #unanswered = 0;
  #closing: Promise<void> | undefined;

  constructor(reach: Reach, user: ShellUser, shell: OpenShell) {
    this.facts = shell.greeting.facts;
    this.#reach = reach;
    this.#user = user;
    this.#shell = shell;
    shell.session.onBlocked = () => void unblock(reach, user, shell);
  }

  read(request: ReadRequest, signal: AbortSignal): Promise<CommandResult> {
    const step = this.#stepOf(request);
    if (!step.ok) return Promise.resolve(notStarted(step.error));
    return this.#gate.read(() => {
      const seconds = this.#has('timeout') ? Math.ceil(request.timeoutMs / 1000) + READ_BACKSTOP_S : 0;
      return this.#run(readLine(step.value, seconds), {
        become: request.become ?? this.#user.become,
        timeoutMs: request.timeoutMs,
        signal,
      });
    });
  }

  change(request: ChangeRequest, signal: AbortSignal): Promise<CommandResult> {
    const { claim, script } = request;
    const step = this.#stepOf(request);
    if (!step.ok) return Promise.resolve(notStarted(step.error));
    if (![claim.runId, claim.step].every((name) => SAFE_NAME.test(name)))
      return Promise.resolve(notStarted(`${claim.runId}/${claim.step} can't be the name of a directory`));
    return this.#gate.change(async () => {
      if (this.#shell.session.lost || this.#closing !== undefined) return notStarted('the connection is closed');
      if (this.#lockedRun === undefined) return notStarted('the host is not locked');
      const seconds = Math.max(1, Math.ceil(request.timeoutMs / 1000));
      const result = await this.#run(changeLine(step.value, claim, seconds, script.summary), {
        become: request.become ?? this.#user.become,
        timeoutMs: seconds * 1000 + CHANGE_GRACE_MS,
        signal,
      });
      if (result.end.how === 'lost' || ('gone' in result.end && !result.end.gone)) this.#unanswered += 1;
      return result;
    });
  }

  async lock(note: LockNote, signal: AbortSignal): Promise<Result<Ledger, ErrorInfo>> {
    if (!SAFE_NAME.test(note.runId))
      return err({
        code: 'internal',
        message: `${note.runId} can't be the name of a directory on ${this.#reach.name}`,
      });
    const incarnation = await this.#gate.change(() => askForLock(this.#shell, this.#reach, note, signal));
    if (!incarnation.ok) return incarnation;
    this.#lockedRun = note.runId;
    return ok({ incarnation: incarnation.value, bootId: this.facts.boot_id });
  }

  dial(address: string, port: number, signal: AbortSignal): Promise<Result<Duplex, ErrorInfo>> {
    return this.#reach.dial(address, port, signal);
  }

  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    const { session } = this.#shell;
    const late = AbortSignal.timeout(CLOSE_MS);
    if (!session.lost && this.#lockedRun !== undefined)
      await within(session.send(closeLine(this.#unanswered === 0 ? this.#lockedRun : '')).report, late);
    session.end();
    if (!session.lost) await within(session.closed, AbortSignal.any([late, AbortSignal.timeout(500)]));
    session.destroy();
    this.#reach.close();
  }

  #has(tool: string): boolean {
    return this.#shell.greeting.has.has(tool);
  }

  #stepOf(request: ReadRequest): Result<Step, string> {
    const source = scriptSource(request.script);
    if (!source.ok) return source;
    const mine = userOf(this.#user.become, this.#reach.user);
    const user = userOf(request.become ?? this.#user.become, this.#reach.user);
    return ok({ source: source.value, user: user === mine ? '' : user });
  }

  async #run(line: CommandLine, waiting: Waiting): Promise<CommandResult> {
    if (waiting.signal.aborted) return endedWithoutOutput({ how: 'cancelled', gone: true });
    if (this.#shell.session.lost || this.#closing !== undefined) return endedWithoutOutput({ how: 'lost' });
    const sent = this.#shell.session.send(line);
    const deadline = new AbortController();
    const over = AbortSignal.any([deadline.signal, waiting.signal]);
    let timer: NodeJS.Timeout | undefined;
    void sent.begun.then(() => {
      if (!over.aborted) timer = setTimeout(() => deadline.abort(), waiting.timeoutMs);
    });
    const report = await within(sent.report, over);
    clearTimeout(timer);
    if (report !== undefined) return resultOf(report);
    return this.#stop(sent, deadline.signal.aborted ? 'timeout' : 'cancelled', waiting.become);
  }

  /** Ends a step from a channel of its own. One that reports before we get to it has ended by itself. */
  async #stop(sent: Sent, how: 'timeout' | 'cancelled', become: Become): Promise<CommandResult> {
    const started = await Promise.race([sent.started, sent.report, pause(SETTLE_MS)]);
    if (started === undefined) return this.#abandon(sent, { how, gone: false });
    if ('durationMs' in started) return started.status === undefined ? resultOf(started) : stopped(started, how);
    const killer = { ...this.#user, become: this.facts.uid === 0 ? this.#user.become : become };
    const gone = await stopProcess(this.#reach, killer, this.#shell, started);
    const report = await Promise.race([sent.report, pause(SETTLE_MS)]);
    if (report === undefined) return this.#abandon(sent, { how, gone });
    return report.status === undefined ? resultOf(report) : stopped(report, how, gone);
  }

  /** Its shell waits for what can't be ended: nothing more can run there, and the lock stays with it. */
  async #abandon(sent: Sent, end: CommandEnd): Promise<CommandResult> {
    this.#shell.session.destroy();
    return endedBy(end, await sent.report);
  }
}

/** A step that reported while it was being ended: done when it says so by itself, else ended by us. */
function stopped(report: Report, how: 'timeout' | 'cancelled', gone = true): CommandResult {
  const result = resultOf(report);
  const byItself = result.end.how === 'not-started' || (result.end.how === 'exit' && result.end.code === 0);
  return byItself ? result : endedBy({ how, gone }, report);
}

const notStarted = (why: string): CommandResult => endedWithoutOutput({ how: 'not-started', why });

function pause(milliseconds: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), milliseconds).unref());
}
