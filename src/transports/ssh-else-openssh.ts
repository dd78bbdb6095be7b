import type { ErrorInfo } from '../model/error.ts';
import type { SshHost } from '../model/host.ts';
import type { Connection, ConnectOptions, Transport } from '../model/transport.ts';
import { err, ok, type Result } from '../util/result.ts';
import { NOT_INSTALLED } from './openssh/failure.ts';
import type { SshTransport } from './ssh.ts';

/**
 * Hosts over our own SSH, and by the system's program `ssh` where only that can: known before, or shown by the first try. What
 * was shown holds for the host as long as this lives. Who is connected otherwise than the inventory says is told so by `chosen`.
 */
export function createSshElseOpenssh(ssh: SshTransport, openssh: Transport): Transport {
  const shown = new Map<string, string>();

  async function byProgram(
    host: SshHost,
    why: string,
    options: ConnectOptions,
    signal: AbortSignal,
  ): Promise<Result<Connection, ErrorInfo>> {
    const connected = await openssh.connect(host, options, signal);
    return connected.ok ? ok(chosen(connected.value, why)) : connected;
  }

  return {
    connect: async (host, options, signal) => {
      if (!('ssh' in host)) throw new Error(`${host.name} is not reached by SSH`);
      const known = host.ssh.beyond[0] ?? shown.get(host.name);
      if (known !== undefined) return byProgram(host, known, options, signal);
      const first = await ssh.connect(host, options, signal);
      if (first.ok) return first;
      const { beyond, ...error } = first.error;
      if (beyond === undefined) return err(error);
      const second = await byProgram(host, beyond, options, signal);
      if (!second.ok && second.error === NOT_INSTALLED) return err(withoutProgram(error));
      shown.set(host.name, beyond);
      return second;
    },
  };
}

const withoutProgram = (error: ErrorInfo): ErrorInfo => ({
  ...error,
  hint: `The program ssh could do it, but ${NOT_INSTALLED.message}. ${NOT_INSTALLED.hint}`,
});

function chosen(connection: Connection, why: string): Connection {
  const { facts, hostKey, learned } = connection;
  return {
    facts,
    ...(hostKey !== undefined && { hostKey }),
    ...(learned !== undefined && { learned }),
    chosen: `openssh, because ${why}`,
    read: (request, signal) => connection.read(request, signal),
    change: (request, signal) => connection.change(request, signal),
    lock: (note, signal, awaits) => connection.lock(note, signal, awaits),
    settle: (request, signal) => connection.settle(request, signal),
    dial: (address, port, signal) => connection.dial(address, port, signal),
    close: (claims) => connection.close(claims),
  };
}
