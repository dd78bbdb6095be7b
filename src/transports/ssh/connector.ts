import { setTimeout as pause } from 'node:timers/promises';
import { err, type Result } from '../../util/result.ts';
import type { Failure, SshError } from '../failure.ts';
import type { ShownPasswords } from '../shown-passwords.ts';
import { connectClient, type LoggedIn, type Machine } from './client.ts';
import { keysOf, whyUnaskable } from './host-key.ts';
import { KnownHostsFiles } from './known-hosts-file.ts';
import { Limiter } from './limiter.ts';
import { Logins, type LoginSecrets } from './logins.ts';
import { DIRECT } from './tcp.ts';
import type { Way } from './way.ts';

const TRIES = 6;
const BACKOFF_MS = 250;

export interface Asking {
  readonly secrets: LoginSecrets;
  /** For each try; ConnectTimeout may shorten it. */
  readonly timeoutMs: number;
}

/** Connects and logs in to machines, to so many at once, with what they share: keys, what was refused, known hosts. */
export class SshConnector {
  readonly #handshakes: Limiter;
  readonly #logins: Logins;
  readonly #files = new KnownHostsFiles();

  constructor(handshakes: number, passwords: ShownPasswords) {
    this.#handshakes = new Limiter(handshakes);
    this.#logins = new Logins(passwords);
  }

  /** Tries again what was surely no answer of the machine. Owns the way: it is closed with the connection. */
  async logIn(machine: Machine, way: Way, asking: Asking, signal: AbortSignal): Promise<Result<LoggedIn, SshError>> {
    for (let round = 1; ; round += 1) {
      const outcome = await this.#handshakes.run(() => this.#try(machine, way, asking, signal));
      if (outcome.ok) {
        outcome.value.client.once('close', () => way.close());
        return outcome;
      }
      if (!outcome.error.again || round === TRIES) {
        way.close();
        return err(outcome.error.error);
      }
      await pause(BACKOFF_MS * 2 ** round * Math.random(), undefined, { signal }).catch(() => undefined);
    }
  }

  async #try(
    machine: Machine,
    way: Way,
    { secrets, timeoutMs }: Asking,
    signal: AbortSignal,
  ): Promise<Result<LoggedIn, Failure>> {
    const hostKeys = keysOf(machine, this.#files, way === DIRECT);
    const unaskable = whyUnaskable(hostKeys);
    if (unaskable !== undefined) return err({ error: unaskable, again: false });
    const login = await this.#logins.open(machine, secrets);
    if (!login.ok) return err({ error: login.error, again: false });
    const limitMs = Math.min(timeoutMs, machine.connectTimeoutMs ?? timeoutMs);
    const started = performance.now();
    const stream = await way.open(machine, limitMs, signal);
    if (!stream.ok) {
      login.value.ended(new Error(stream.error.error.message));
      return stream;
    }
    const leftMs = limitMs - (performance.now() - started);
    const options = { machine, stream: stream.value, hostKeys, login: login.value, timeoutMs: roundUp(leftMs) };
    return connectClient(options, signal);
  }
}

/** A duration for messages. */
const roundUp = (ms: number): number => Math.max(100, Math.ceil(ms / 100) * 100);
