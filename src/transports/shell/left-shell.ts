import type { KeepableConnection, LeftOpen } from '../keepable.ts';
import type { ShownPasswords } from '../shown-passwords.ts';
import { parseGreeting, type Greeting } from './greeting.ts';
import type { OpenShell } from './open.ts';
import type { Reach } from './reach.ts';
import { within } from './within.ts';

const END_MS = 500;

/** Makes a connection of its own for each run, so that nothing a run left in this program is seen by the next. */
type Connect = (greeting: Greeting, passwords: ShownPasswords) => KeepableConnection;

/** A shell between two runs. */
export class LeftShell implements LeftOpen {
  readonly #reach: Reach;
  readonly #shell: OpenShell;
  readonly #connect: Connect;

  constructor(reach: Reach, shell: OpenShell, connect: Connect) {
    this.#reach = reach;
    this.#shell = shell;
    this.#connect = connect;
  }

  get closed(): Promise<void> {
    return this.#shell.session.closed;
  }

  async take(
    passwords: ShownPasswords,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<KeepableConnection | undefined> {
    const late = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const greeting = await this.#greet(late);
    if (greeting !== undefined && isSame(greeting, this.#shell.greeting)) return this.#connect(greeting, passwords);
    await this.close();
    return undefined;
  }

  async close(): Promise<void> {
    await endShell(this.#reach, this.#shell, AbortSignal.timeout(END_MS));
  }

  async #greet(late: AbortSignal): Promise<Greeting | undefined> {
    const { session } = this.#shell;
    if (session.lost || !this.#reach.isOpen || late.aborted) return undefined;
    const report = await within(session.send(({ nonce }) => `rb_greet ${nonce}`).report, late);
    return report?.status === undefined ? undefined : parseGreeting(report.stdout.text);
  }
}

/** Ends the shell, waits for its end as long as `late` lets, and closes the way. */
export async function endShell(reach: Reach, { session }: OpenShell, late: AbortSignal): Promise<void> {
  session.end();
  if (!session.lost) await within(session.closed, late);
  session.destroy();
  reach.close();
}

function isSame(now: Greeting, before: Greeting): boolean {
  const lasting = ({ facts: { uid, boot_id, machine_id }, shellPid, unfit }: Greeting): string =>
    JSON.stringify([uid, boot_id, machine_id, shellPid, unfit]);
  return lasting(now) === lasting(before);
}
