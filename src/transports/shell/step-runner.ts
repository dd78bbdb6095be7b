import type { CommandEnd, CommandResult } from '../../model/script.ts';
import type { Become } from '../../model/transport.ts';
import { endedWithoutOutput } from '../output.ts';
import type { OpenShell, ShellUser } from './open.ts';
import { endedBy, resultOf, stoppedEnd } from './outcome.ts';
import type { Reach } from './reach.ts';
import type { CommandLine, Report } from './command.ts';
import type { Sent } from './session.ts';
import { stopProcess, type Left } from './stop.ts';
import { within } from './within.ts';

/** A read that lasts so long is given a deadline on the host too, so much later than ours, for when nobody is left to end it. */
const LASTING_MS = 1000;
const BACKSTOP_S = 10;
const SETTLE_MS = 2000;
/** The host may just be ending it at its deadline. */
const REPORT_MS = 12_000;

export interface Waiting {
  readonly kind: 'read' | 'other';
  /** The user the step runs as. */
  readonly become: Become;
  /** From the moment its turn has come on the host. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Runs steps in one shell, and ends those that are over their deadline or no longer wanted from a channel of its own. */
export class StepRunner {
  readonly #reach: Reach;
  readonly #user: ShellUser;
  readonly #shell: OpenShell;

  constructor(reach: Reach, user: ShellUser, shell: OpenShell) {
    this.#reach = reach;
    this.#user = user;
    this.#shell = shell;
  }

  async run(line: CommandLine, { kind, become, timeoutMs, signal }: Waiting): Promise<CommandResult> {
    const { session } = this.#shell;
    if (signal.aborted) return endedWithoutOutput({ how: 'cancelled', gone: true });
    if (session.lost) return endedWithoutOutput({ how: 'lost' });
    const sent = session.send(line, kind);
    const deadline = new AbortController();
    const over = AbortSignal.any([deadline.signal, signal]);
    let timer: NodeJS.Timeout | undefined;
    let limit: NodeJS.Timeout | undefined;
    void sent.begun.then(() => {
      if (over.aborted) return;
      timer = setTimeout(() => deadline.abort(), timeoutMs);
      if (kind === 'read') limit = setTimeout(() => this.#limit(sent, timeoutMs), LASTING_MS);
    });
    const report = await within(sent.report, over);
    clearTimeout(timer);
    clearTimeout(limit);
    if (report !== undefined) return resultOf(report);
    return this.#stop(sent, deadline.signal.aborted ? 'timeout' : 'cancelled', become, kind);
  }

  #limit(sent: Sent, timeoutMs: number): void {
    const { session } = this.#shell;
    session.tell(`rb_limit ${Math.ceil((timeoutMs - LASTING_MS) / 1000) + BACKSTOP_S}`);
    void sent.report.then(() => session.tell('rb_limit'));
  }

  /** One that reports before we get to it has ended by itself. */
  async #stop(sent: Sent, how: 'timeout' | 'cancelled', become: Become, kind: Waiting['kind']): Promise<CommandResult> {
    const started = await Promise.race([sent.started, sent.report, pause(SETTLE_MS)]);
    if (started === undefined) return this.#abandon(sent, stoppedEnd(how, 'it did not say which process it is'));
    if ('durationMs' in started) return resultOf(started);
    const { facts } = this.#shell.greeting;
    const killer = { ...this.#user, become: facts.uid === 0 ? this.#user.become : become };
    const stop = await stopProcess(this.#reach, killer, this.#shell, started);
    const report = await Promise.race([sent.report, pause(stop === 'ended' ? REPORT_MS : SETTLE_MS)]);
    const left = stop === 'ended' ? undefined : stop.left;
    if (left !== undefined && kind === 'other') this.#shell.session.tell(`rb_stay ${started.pid} ${started.mark}`);
    if (report === undefined) return this.#abandon(sent, stoppedEnd(how, left ?? 'its shell does not answer'));
    return stop === 'ended' || report.status === undefined ? resultOf(report) : stopped(report, how, left);
  }

  /** Its shell waits for what can't be ended: nothing more can run there, and the lock stays with it. */
  async #abandon(sent: Sent, end: CommandEnd): Promise<CommandResult> {
    this.#shell.session.destroy();
    return endedBy(end, await sent.report);
  }
}

/** Whatever it exits with when it is ended, it is not done. */
function stopped(report: Report, how: 'timeout' | 'cancelled', left: Left): CommandResult {
  const result = resultOf(report);
  return result.end.how === 'not-started' ? result : endedBy(stoppedEnd(how, left), report);
}

function pause(milliseconds: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), milliseconds).unref());
}
