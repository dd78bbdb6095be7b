import { err, type Result } from '../../util/result.ts';
import type { Failure, SshError } from '../failure.ts';
import type { Handshakes } from '../handshakes.ts';
import type { ShownPasswords } from '../shown-passwords.ts';
import { connectClient, type LoggedIn, type Machine } from './client.ts';
import { keysOf, whyUnaskable } from './host-key.ts';
import { KnownHostsFiles } from './known-hosts-file.ts';
import type { LoginSecrets } from '../login-secrets.ts';
import { Logins } from './logins.ts';
import { DIRECT } from './tcp.ts';
import type { Way } from './way.ts';

export interface Asking {
  readonly secrets: LoginSecrets;
  /** For each try; ConnectTimeout may shorten it. */
  readonly timeoutMs: number;
}

/** Connects and logs in to machines, to so many at once, with what they share: keys, what was refused, known hosts. */
export class SshConnector {
  readonly #handshakes: Handshakes;
  readonly #logins: Logins;
  readonly #files = new KnownHostsFiles();

  constructor(handshakes: Handshakes, passwords: ShownPasswords) {
    this.#handshakes = handshakes;
    this.#logins = new Logins(passwords);
  }

  /** Owns the way: it is closed with the connection. */
  async logIn(machine: Machine, way: Way, asking: Asking, signal: AbortSignal): Promise<Result<LoggedIn, SshError>> {
    const outcome = await this.#handshakes.run(() => this.#try(machine, way, asking, signal), signal);
    if (outcome.ok) outcome.value.client.once('close', () => way.close());
    else way.close();
    return outcome;
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
