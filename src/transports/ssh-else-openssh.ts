import type { ErrorInfo } from '../model/error.ts';
import type { SshHost } from '../model/host.ts';
import type { ConnectOptions } from '../model/transport.ts';
import { err, ok, type Result } from '../util/result.ts';
import { connectionWith } from './connection-with.ts';
import type { KeepableConnection, KeepableTransport, LeftOpen } from './keepable.ts';
import { NOT_INSTALLED } from './openssh/failure.ts';
import type { SshTransport } from './ssh.ts';

/**
 * Hosts over our own SSH, and by the system's program `ssh` where only that can: known before, or shown by the first try. What
 * was shown holds for the host as long as this lives. Who is connected otherwise than the inventory says is told so by `chosen`.
 */
export function createSshElseOpenssh(ssh: SshTransport, openssh: KeepableTransport): KeepableTransport {
  const shown = new Map<string, string>();

  async function byProgram(
    host: SshHost,
    why: string,
    options: ConnectOptions,
    signal: AbortSignal,
  ): Promise<Result<KeepableConnection, ErrorInfo>> {
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

function chosen(connection: KeepableConnection, why: string): KeepableConnection {
  return {
    ...connectionWith(connection, { chosen: `openssh, because ${why}` }),
    leave: async (claims) => {
      const { isTold, open } = await connection.leave(claims);
      return { isTold, ...(open !== undefined && { open: chosenAgain(open, why) }) };
    },
  };
}

function chosenAgain(open: LeftOpen, why: string): LeftOpen {
  return {
    closed: open.closed,
    take: async (...asked) => {
      const connection = await open.take(...asked);
      return connection && chosen(connection, why);
    },
    close: () => open.close(),
  };
}
