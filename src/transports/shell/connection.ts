import type { Duplex } from 'node:stream';
import type { ErrorInfo } from '../../model/error.ts';
import type { HostFacts } from '../../model/host.ts';
import type { CommandResult } from '../../model/script.ts';
import type {
  Become,
  ChangeRequest,
  Claim,
  ConnectOptions,
  Ledger,
  LockNote,
  ReadRequest,
  Settled,
  SettleRequest,
} from '../../model/transport.ts';
import { err, ok, type Result } from '../../util/result.ts';
import { claimName } from '../errors.ts';
import { Gate } from './gate.ts';
import type { Greeting } from './greeting.ts';
import { askForLock, CLEAN, closeLine } from './lock.ts';
import type { Awaits } from './lock-waits.ts';
import { openShell, userOf, type OpenShell, type ShellUser } from './open.ts';
import { BorrowedReach, OtherUsers } from './other-users.ts';
import { scriptSource } from './quote.ts';
import type { Reach } from './reach.ts';
import { Streams } from './streams.ts';
import { StepRunner } from './step-runner.ts';
import { settleClaim, type AskShell } from './settle.ts';
import type { Report } from './command.ts';
import { changeLine, readLine, type Step } from './step-line.ts';
import type { KeepableConnection, Left } from '../keepable.ts';
import type { ShownPasswords } from '../shown-passwords.ts';
import { endShell, LeftShell } from './left-shell.ts';
import { LOST, mayRun, notStarted, UNASKED, unopened, UNSENT } from './unsent.ts';
import { within } from './within.ts';

/** The host ends a change at its deadline within 10 s; after this we do. */
const CHANGE_GRACE_MS = 15_000;
const OPEN_MS = 10_000;
const CLOSE_MS = 4000;
/** Of these, until a shell that could stay open is closed after all. */
const LEAVE_MS = 2500;
/** Of these, for the shell to end by itself. */
const END_MS = 500;
const SAFE_NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;

/** Speaks with the shell of an open way, and owns both from now on: when there is no shell, the way is closed. */
export async function connectShell(
  reach: Reach,
  { become, secrets, connectTimeoutMs }: ConnectOptions,
  passwords: ShownPasswords,
  signal: AbortSignal,
): Promise<Result<KeepableConnection, ErrorInfo>> {
  const user: ShellUser = { become, password: secrets.becomePassword, passwords };
  const shell = await openShell(reach, user, connectTimeoutMs, signal);
  if (shell.ok) return ok(new ShellConnection(reach, withWay(user, shell.value), shell.value, reach.learned));
  const isLost = !reach.isOpen && shell.error.code !== 'interrupted';
  reach.close();
  return isLost ? err(lostBeforeShell(reach.name)) : shell;
}

const withWay = (user: ShellUser, { way }: OpenShell): ShellUser => (way === undefined ? user : { ...user, way });

const lostBeforeShell = (name: string): ErrorInfo => ({
  code: 'connection-lost',
  message: `the connection to ${name} was lost before its shell answered`,
  hint: 'Is the host up, and the network between? The log of sshd there may say more.',
});

interface Lock {
  readonly note: LockNote;
  readonly awaits: Awaits;
}

class ShellConnection implements KeepableConnection {
  readonly facts: HostFacts;
  readonly hostKey?: string;
  readonly learned?: readonly string[];
  readonly #reach: Reach;
  readonly #user: ShellUser;
  readonly #shell: OpenShell;
  readonly #runner: StepRunner;
  readonly #gate = new Gate();
  readonly #others: OtherUsers;
  readonly #streams: Streams;
  /** From the lock on. */
  #lock: Lock | undefined;
  #unanswered = 0;
  /** Something may still run there, or hold what is ours. */
  #isSoiled = false;
  /** Nothing may begin any more. */
  #isOver = false;
  #leaving: Promise<Left> | undefined;
  #closing: Promise<boolean> | undefined;

  constructor(reach: Reach, user: ShellUser, shell: OpenShell, learned: readonly string[] = []) {
    this.facts = shell.greeting.facts;
    if (reach.hostKey !== undefined) this.hostKey = reach.hostKey;
    if (learned.length > 0) this.learned = learned;
    this.#reach = reach;
    this.#user = user;
    this.#shell = shell;
    this.#runner = new StepRunner(reach, user, shell);
    this.#streams = new Streams(reach);
    this.#others = new OtherUsers((become, signal) => {
      const secrets = user.password === undefined ? {} : { becomePassword: user.password };
      const options = { become, secrets, connectTimeoutMs: OPEN_MS };
      return connectShell(new BorrowedReach(reach), options, user.passwords, signal);
    });
  }

  read(request: ReadRequest, signal: AbortSignal): Promise<CommandResult> {
    const step = this.#stepOf(request);
    if (!step.ok) return Promise.resolve(notStarted(step.error));
    const waiting = { kind: 'read', become: this.#becomeOf(request), timeoutMs: request.timeoutMs, signal } as const;
    return this.#gate.read(async () => {
      if (this.#isOver) return LOST;
      if (!this.#needsOwnShell(request)) return this.#watched(this.#runner.run(readLine(step.value), waiting));
      const other = await this.#others.of(waiting.become, signal);
      return other.ok ? other.value.read(request, signal) : unopened(other.error);
    });
  }

  change(request: ChangeRequest, signal: AbortSignal): Promise<CommandResult> {
    const { claim, script } = request;
    const step = this.#stepOf(request);
    if (!step.ok) return Promise.resolve(notStarted(step.error));
    if (!isSafe(claim))
      return Promise.resolve(notStarted(`${claim.runId}/${claim.step} can't be the name of a directory`));
    return this.#gate.change(async () => {
      if (this.#shell.session.lost || this.#isOver) return UNSENT;
      if (this.#lock === undefined) return notStarted('the host is not locked');
      if (this.#needsOwnShell(request)) return this.#changeAsOther(request, this.#lock, signal);
      const seconds = Math.max(1, Math.ceil(request.timeoutMs / 1000));
      const running = this.#runner.run(changeLine(step.value, claim, seconds, script.summary), {
        kind: 'other',
        become: this.#becomeOf(request),
        timeoutMs: seconds * 1000 + CHANGE_GRACE_MS,
        signal,
      });
      const result = await this.#watched(running);
      if (mayRun(result)) this.#unanswered += 1;
      return result;
    });
  }

  async lock(
    note: LockNote,
    signal: AbortSignal,
    awaits: Awaits = () => undefined,
  ): Promise<Result<Ledger, ErrorInfo>> {
    if (!SAFE_NAME.test(note.runId))
      return err({
        code: 'internal',
        message: `${note.runId} can't be the name of a directory on ${this.#reach.name}`,
      });
    const locking = { note, user: this.#reach.user, greeting: this.#shell.greeting, awaits };
    const ledger = await askForLock(this.#ask, locking, signal);
    if (ledger.ok) this.#lock = { note, awaits };
    else this.#isSoiled = true;
    return ledger;
  }

  async settle(request: SettleRequest, signal: AbortSignal): Promise<Result<Settled, ErrorInfo>> {
    const { claim } = request;
    if (this.#lock === undefined || !isSafe(claim))
      return err({ code: 'internal', message: `nobody can ask ${this.#reach.name} for ${claimName(claim)}` });
    if (!this.#needsOwnShell(request)) return settleClaim(this.#ask, claim, signal);
    const other = await this.#others.of(this.#becomeOf(request), signal);
    if (!other.ok) return other;
    const { note, awaits } = this.#lock;
    const ledger = await other.value.lock(note, signal, awaits);
    if (!ledger.ok) return ledger;
    // His ledger may see the run for the first time. It is known since when the run is here by our own.
    const here = await settleClaim(this.#ask, claim, signal);
    const isSince = here.ok && here.value.state === 'not-started';
    return other.value.settle(isSince ? { ...request, claim: { ...claim, epoch: note.epoch } } : request, signal);
  }

  dial(address: string, port: number, signal: AbortSignal): Promise<Result<Duplex, ErrorInfo>> {
    return this.#streams.dial(address, port, signal);
  }

  leave(claims?: 'keep-claims'): Promise<Left> {
    this.#leaving ??= this.#leave(claims);
    return this.#leaving;
  }

  close(claims?: 'keep-claims'): Promise<boolean> {
    this.#closing ??= this.#end(claims === undefined, AbortSignal.timeout(CLOSE_MS));
    return this.#closing;
  }

  async #leave(claims?: 'keep-claims'): Promise<Left> {
    const late = AbortSignal.timeout(CLOSE_MS);
    this.#isOver = true;
    const early = AbortSignal.any([late, AbortSignal.timeout(LEAVE_MS)]);
    const isClean = claims === undefined && this.#closing === undefined && (await within(this.#clear(), early));
    if (isClean !== true || this.#closing !== undefined) {
      this.#closing ??= this.#end(claims === undefined, late);
      return { isTold: await this.#closing };
    }
    this.#closing = Promise.resolve(true);
    return { isTold: true, open: new LeftShell(this.#reach, this.#shell, this.#next) };
  }

  /** Ends all that is of the run. Is nothing of it left? */
  async #clear(): Promise<boolean> {
    this.#streams.end();
    if (!(await this.#others.close()) || this.#isSoiled) return false;
    const { session } = this.#shell;
    const isFree = await this.#gate.change(async () => {
      if (session.lost || this.#isSoiled) return false;
      return this.#lock === undefined || (await this.#unlock(true)).stdout.text.trim() === CLEAN;
    });
    return isFree && !session.lost && this.#reach.isOpen;
  }

  readonly #next = (greeting: Greeting, passwords: ShownPasswords): KeepableConnection =>
    new ShellConnection(this.#reach, { ...this.#user, passwords }, { ...this.#shell, greeting });

  async #end(mayForget: boolean, late: AbortSignal): Promise<boolean> {
    this.#isOver = true;
    const { session } = this.#shell;
    let isTold = (await within(this.#others.close(mayForget ? undefined : 'keep-claims'), late)) ?? false;
    if (this.#lock !== undefined) {
      const unlocked = session.lost
        ? undefined
        : await within(
            this.#gate.change(() => this.#unlock(mayForget)),
            late,
          );
      isTold &&= unlocked?.status !== undefined;
    }
    this.#streams.end();
    await endShell(this.#reach, this.#shell, AbortSignal.any([late, AbortSignal.timeout(END_MS)]));
    return isTold;
  }

  /** One line at a time, between what else is sent. */
  readonly #ask: AskShell = (line, as) =>
    this.#gate.change(async () =>
      this.#isOver ? UNASKED : this.#shell.session.send(line, 'other', as === 'bytes' ? 'latin1' : 'utf8').report,
    );

  async #watched(running: Promise<CommandResult>): Promise<CommandResult> {
    const result = await running;
    if (mayRun(result)) this.#isSoiled = true;
    return result;
  }

  /** With its claims, when all changes were answered. */
  #unlock(mayForget: boolean): Promise<Report> {
    const run = mayForget && this.#unanswered === 0 ? this.#lock?.note.runId : undefined;
    return this.#shell.session.send(closeLine(run ?? '')).report;
  }

  /** Root starts a step as another user by itself. */
  #needsOwnShell(request: Pick<ReadRequest, 'become'>): boolean {
    if (this.facts.uid === 0) return false;
    return userOf(this.#becomeOf(request), this.#reach.user) !== userOf(this.#user.become, this.#reach.user);
  }

  /** Under the lock and the claims of that user's own ledger. */
  async #changeAsOther(request: ChangeRequest, { note, awaits }: Lock, signal: AbortSignal): Promise<CommandResult> {
    const other = await this.#others.of(this.#becomeOf(request), signal);
    if (!other.ok) return unopened(other.error);
    const ledger = await other.value.lock(note, signal, awaits);
    return ledger.ok ? other.value.change(request, signal) : unopened(ledger.error);
  }

  #becomeOf({ become = this.#user.become }: Pick<ReadRequest, 'become'>): Become {
    return become;
  }

  #stepOf(request: ReadRequest): Result<Step, string> {
    const source = scriptSource(request.script);
    if (!source.ok) return source;
    const mine = userOf(this.#user.become, this.#reach.user);
    const user = userOf(this.#becomeOf(request), this.#reach.user);
    return ok({ source: source.value, user: user === mine ? '' : user });
  }
}

const isSafe = ({ runId, step }: Claim): boolean => [runId, step].every((name) => SAFE_NAME.test(name));
