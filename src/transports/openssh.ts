import type { ErrorInfo } from '../model/error.ts';
import type { SshHost } from '../model/host.ts';
import type { ConnectOptions } from '../model/transport.ts';
import { err, type Result } from '../util/result.ts';
import { cancellable } from './cancellable.ts';
import { Handshakes } from './handshakes.ts';
import type { KeepableTransport } from './keepable.ts';
import type { Master } from './openssh/master.ts';
import { OpensshReach } from './openssh/reach.ts';
import { Refusals } from './openssh/refusals.ts';
import { startMaster } from './openssh/start-master.ts';
import { connectShell } from './shell/connection.ts';
import { nothingShown, type Shown } from './shown-passwords.ts';

export interface OpensshOptions {
  /** Shared with other transports. */
  readonly shown?: Shown;
}

/**
 * Hosts over the system's own `ssh`: certificates, keys on tokens, GSSAPI, and whatever else it can and we can't. One connection a
 * host, never a prompt, and the host key always verified.
 */
export function createOpensshTransport({ shown = nothingShown() }: OpensshOptions = {}): KeepableTransport {
  const handshakes = new Handshakes();
  const refusals = new Refusals();

  function logIn(
    host: SshHost,
    { secrets, connectTimeoutMs }: ConnectOptions,
    signal: AbortSignal,
  ): Promise<Result<Master, ErrorInfo>> {
    const timeoutMs = host.ssh.connectTimeoutMs ?? connectTimeoutMs;
    const request = { host, secrets, passwords: shown.toLogIn, timeoutMs };
    return handshakes.run(async () => {
      // A password of its own has a rule of its own.
      const refused = secrets.loginPassword === undefined ? refusals.of(host) : undefined;
      if (refused !== undefined) return err({ error: refused, again: false });
      const result = await startMaster(request, signal);
      refusals.note(host, result.ok ? undefined : result.error.error);
      return result;
    }, signal);
  }

  return {
    connect: async (host, connectOptions, signal) => {
      if (!('ssh' in host)) throw new Error(`${host.name} is not reached by SSH`);
      const loggedIn = await cancellable(logIn(host, connectOptions, signal), (master) => master.end(), signal);
      return loggedIn.ok
        ? connectShell(new OpensshReach(host, loggedIn.value), connectOptions, shown.toBecome, signal)
        : loggedIn;
    },
  };
}
