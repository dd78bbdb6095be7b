import type { CommandEnd, CommandResult } from '../../model/script.ts';
import type { Become } from '../../model/transport.ts';
import { endedWithoutOutput } from '../output.ts';
import type { OpenShell, ShellUser } from './open.ts';
import { endedBy, resultOf } from './outcome.ts';
import type { Reach } from './reach.ts';
import type { CommandLine, Report, Sent } from './session.ts';
import { stopProcess } from './stop.ts';
import { within } from './within.ts';

/** A read that lasts so long is given a deadline on the host too, so much later than ours, for when nobody is left to end it. */
const LASTING_MS = 1000;
const BACKSTOP_S = 10;
const SETTLE_MS = 2000;

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
    return this.#stop(sent, deadline.signal.aborted ? 'timeout' : 'cancelled', become);
  }

  #limit(sent: Sent, timeoutMs: number): void {
    const { session } = this.#shell;
    session.tell(`rb_limit ${Math.ceil((timeoutMs - LASTING_MS) / 1000) + BACKSTOP_S}`);
    void sent.report.then(() => session.tell('rb_limit'));
  }

  /** One that reports before we get to it has ended by itself. */
  async #stop(sent: Sent, how: 'timeout' | 'cancelled', become: Become): Promise<CommandResult> {
    const started = await Promise.race([sent.started, sent.report, pause(SETTLE_MS)]);
    if (started === undefined) return this.#abandon(sent, { how, gone: false });
    if ('durationMs' in started) return started.status === undefined ? resultOf(started) : stopped(started, how);
    const { facts } = this.#shell.greeting;
    const killer = { ...this.#user, become: facts.uid === 0 ? this.#user.become : become };
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

function pause(milliseconds: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), milliseconds).unref());
}
