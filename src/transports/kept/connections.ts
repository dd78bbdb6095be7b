import type { Clock } from '../../model/clock.ts';
import type { Connection, Transport } from '../../model/transport.ts';
import { ok } from '../../util/result.ts';
import { connectionWith } from '../connection-with.ts';
import type { KeepableConnection, KeepableTransport, LeftOpen } from '../keepable.ts';
import { within } from '../shell/within.ts';
import type { ShownPasswords } from '../shown-passwords.ts';
import { identityOf } from './identity.ts';
import { surroundingsOf } from './surroundings.ts';

export interface KeptLimits {
  /** How many wait at once, at most; the one that has waited longest goes first. */
  readonly most: number;
  /** How long one waits to be used again. */
  readonly idleMs: number;
  /** How long after its login one is used, else an hour: keys are exchanged meanwhile, and logins revoked. */
  readonly ageMs?: number;
  /** How long its shell may take to answer, else 2 s. One that is slower is closed: a new one is not worse. */
  readonly proofMs?: number;
}

const AGE_MS = 60 * 60_000;
const PROOF_MS = 2000;
/** Each ends within a second. */
const CLOSE_MS = 4500;

/** What was decided when a connection was made, and when. */
interface Origin {
  readonly identity: string;
  /** `undefined`: unknown, so that nobody can tell whether they are still the same. */
  readonly surroundings: string | undefined;
  readonly madeAt: Instant;
}

interface Kept {
  readonly origin: Origin;
  readonly open: LeftOpen;
  readonly since: Instant;
}

/** By both clocks: one does not count the sleep of a machine, the other may be set. */
type Instant = Readonly<Record<'now' | 'monotonic', number>>;

/**
 * Connections that wait between the runs of one process, none for two runs at once. One is used again only for the very same host, user, way
 * and secrets, while the names and files by which it was believed are as they were, and after its shell has answered. Each run gives the
 * transports it would have used without; what hosts have said of passwords is its own.
 */
export class KeptConnections {
  readonly #clock: Clock;
  readonly #limits: Required<KeptLimits>;
  /** The one that has waited longest is the first. */
  #waiting: readonly Kept[] = [];
  readonly #ending = new Set<Promise<void>>();
  readonly #over = new AbortController();
  #isWatched = false;

  constructor(clock: Clock, limits: KeptLimits) {
    this.#clock = clock;
    this.#limits = { ageMs: AGE_MS, proofMs: PROOF_MS, ...limits };
  }

  /** How many wait now. */
  get count(): number {
    return this.#waiting.length;
  }

  /** The transport, for one run. Its connections may wait here once they are closed, and must be closed. */
  over(transport: KeepableTransport, passwords: ShownPasswords): Transport {
    return {
      connect: async (host, options, signal) => {
        const asked = { identity: identityOf(host, options), surroundings: await surroundingsOf(host) };
        const kept = await this.#take(asked, passwords, signal);
        if (kept !== undefined) return ok(kept);
        const madeAt = this.#instant();
        const made = await transport.connect(host, options, signal);
        return made.ok ? ok(this.#lend(made.value, { ...asked, madeAt })) : made;
      },
    };
  }

  /** Closes all that wait, within 5 s; those in use are closed by who uses them, and none waits any more. Never throws. */
  async close(): Promise<void> {
    this.#over.abort();
    for (const kept of this.#waiting) this.#end(kept);
    await within(Promise.all(this.#ending), AbortSignal.timeout(CLOSE_MS));
  }

  async #take(
    asked: Pick<Origin, 'identity' | 'surroundings'>,
    passwords: ShownPasswords,
    signal: AbortSignal,
  ): Promise<Connection | undefined> {
    this.#endOutdated();
    const same = this.#waiting.filter(({ origin }) => origin.identity === asked.identity);
    const fit = same.filter(({ origin }) => origin.surroundings === asked.surroundings);
    for (const kept of same) if (!fit.includes(kept)) this.#end(kept);
    const last = fit.at(-1);
    if (last === undefined) return undefined;
    this.#remove(last);
    const connection = await last.open.take(passwords, this.#limits.proofMs, signal);
    if (connection !== undefined) return this.#lend(connection, last.origin);
    // What ended this one has ended the others, too.
    for (const kept of fit) if (this.#waiting.includes(kept)) this.#end(kept);
    return undefined;
  }

  #lend(connection: KeepableConnection, origin: Origin): Connection {
    let closing: Promise<boolean> | undefined;
    return connectionWith(connection, {
      close: (claims) => {
        closing ??= this.#takeBack(connection, origin, claims);
        return closing;
      },
    });
  }

  async #takeBack(connection: KeepableConnection, origin: Origin, claims?: 'keep-claims'): Promise<boolean> {
    const isWanted = !this.#over.signal.aborted && origin.surroundings !== undefined && this.#leftOf(origin.madeAt) > 0;
    if (!isWanted) return connection.close(claims);
    const { isTold, open } = await connection.leave(claims);
    if (open !== undefined) this.#keep({ origin, open, since: this.#instant() });
    return isTold;
  }

  #keep(kept: Kept): void {
    this.#waiting = [...this.#waiting, kept];
    void kept.open.closed.then(() => this.#remove(kept));
    const tooMany = this.#over.signal.aborted ? 1 : this.#waiting.length - this.#limits.most;
    for (const first of this.#waiting.slice(0, Math.max(0, tooMany))) this.#end(first);
    if (!this.#isWatched) void this.#watch();
  }

  async #watch(): Promise<void> {
    this.#isWatched = true;
    while (this.#waiting.length > 0) {
      await this.#clock.sleep(Math.min(...this.#waiting.map((kept) => this.#waitsFor(kept))), this.#over.signal);
      this.#endOutdated();
    }
    this.#isWatched = false;
  }

  #endOutdated(): void {
    for (const kept of this.#waiting) if (this.#waitsFor(kept) <= 0) this.#end(kept);
  }

  #end(kept: Kept): void {
    this.#remove(kept);
    const ending = kept.open.close();
    this.#ending.add(ending);
    void ending.finally(() => this.#ending.delete(ending));
  }

  #remove(kept: Kept): void {
    this.#waiting = this.#waiting.filter((other) => other !== kept);
  }

  /** Milliseconds; not above 0: it waits no longer. */
  #waitsFor({ origin, since }: Kept): number {
    return Math.min(this.#limits.idleMs - this.#passedSince(since), this.#leftOf(origin.madeAt));
  }

  #leftOf(madeAt: Instant): number {
    return this.#limits.ageMs - this.#passedSince(madeAt);
  }

  #passedSince({ now, monotonic }: Instant): number {
    const at = this.#instant();
    return Math.max(at.now - now, at.monotonic - monotonic);
  }

  #instant(): Instant {
    return { now: this.#clock.now(), monotonic: this.#clock.monotonic() };
  }
}
