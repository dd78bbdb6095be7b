import type { SshHost } from '../model/host.ts';
import type { SshRoute } from '../model/ssh-settings.ts';
import type { ConnectOptions } from '../model/transport.ts';
import { ok, type Result } from '../util/result.ts';
import { unreachable } from '../util/unreachable.ts';
import { cancellable } from './cancellable.ts';
import type { SshError } from './failure.ts';
import { Handshakes } from './handshakes.ts';
import type { KeepableConnection, KeepableTransport } from './keepable.ts';
import { connectShell } from './shell/connection.ts';
import { nothingShown, type Shown } from './shown-passwords.ts';
import type { LoggedIn } from './ssh/client.ts';
import { SshConnector } from './ssh/connector.ts';
import { JumpHosts } from './ssh/jump-hosts.ts';
import { proxyCommand } from './ssh/proxy-command.ts';
import { SshReach } from './ssh/reach.ts';
import { DIRECT } from './ssh/tcp.ts';
import type { Way } from './ssh/way.ts';

export interface SshOptions {
  /** How many hosts may be in the handshake at once. */
  readonly handshakes?: number;
  /** Shared with other transports. */
  readonly shown?: Shown;
}

/** Its errors say where the program `ssh` could do more. */
export interface SshTransport extends KeepableTransport {
  connect(...asked: Parameters<KeepableTransport['connect']>): Promise<Result<KeepableConnection, SshError>>;
}

/** Hosts over SSH: keys, agents and passwords, jump hosts, host keys with OpenSSH's verdicts. No certificates. */
export function createSshTransport({ handshakes, shown = nothingShown() }: SshOptions = {}): SshTransport {
  const connector = new SshConnector(new Handshakes(handshakes), shown.toLogIn);
  // What the inventory holds is for its host alone, as the options of a command line are for ssh.
  const jumpHosts = new JumpHosts((host, way, timeoutMs, signal) =>
    connector.logIn(host, way, { secrets: {}, timeoutMs }, signal),
  );

  const wayBy = async (route: SshRoute, timeoutMs: number, signal: AbortSignal): Promise<Result<Way, SshError>> => {
    switch (route.kind) {
      case 'direct':
        return ok(DIRECT);
      case 'command':
        return ok(proxyCommand(route.command));
      case 'jumps':
        return jumpHosts.wayThrough(route, timeoutMs, signal);
      default:
        return unreachable(route);
    }
  };

  async function logIn(
    { ssh, name, address, port, user }: SshHost,
    { secrets, connectTimeoutMs: timeoutMs }: ConnectOptions,
    signal: AbortSignal,
  ): Promise<Result<LoggedIn, SshError>> {
    const way = await wayBy(ssh.route, timeoutMs, signal);
    if (!way.ok) return way;
    const machine = { ...ssh, name, address, port, user };
    const loggedIn = await connector.logIn(machine, way.value, { secrets, timeoutMs }, signal);
    return loggedIn.ok
      ? ok({ ...loggedIn.value, learned: [...way.value.learned, ...loggedIn.value.learned] })
      : loggedIn;
  }

  return {
    connect: async (host, connectOptions, signal) => {
      if (!('ssh' in host)) throw new Error(`${host.name} is not reached by SSH`);
      const loggedIn = await cancellable(logIn(host, connectOptions, signal), ({ close }) => close(), signal);
      return loggedIn.ok
        ? connectShell(new SshReach(host, loggedIn.value), connectOptions, shown.toBecome, signal)
        : loggedIn;
    },
  };
}
