import type { ErrorInfo } from '../model/error.ts';
import type { SshHost } from '../model/host.ts';
import type { Connection, ConnectOptions, Transport } from '../model/transport.ts';
import { ok, type Result } from '../util/result.ts';

/**
 * Hosts over our own SSH, and by the system's program `ssh` where only that can: known before, or shown by the first try. What
 * was shown holds for the host as long as this lives. Who is connected otherwise than the inventory says is told so by `chosen`.
 */
export function createSshElseOpenssh(ssh: Transport, openssh: Transport): Transport {
  const reasons = new Map<string, string>();

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
      const known = host.ssh.beyond[0] ?? reasons.get(host.name);
      if (known !== undefined) return byProgram(host, known, options, signal);
      const first = await ssh.connect(host, options, signal);
      const why = first.ok ? undefined : whyProgram(first.error);
      if (first.ok || why === undefined) return first;
      const second = await byProgram(host, why, options, signal);
      if (!second.ok && isMissing(second.error)) return { ok: false, error: withProgram(first.error, second.error) };
      reasons.set(host.name, why);
      return second;
    },
  };
}

/** A clause, when the program `ssh` may get round this and we can't. */
function whyProgram({ code, message }: ErrorInfo): string | undefined {
  switch (code) {
    case 'protocol':
      return /no common/.test(message) ? 'its sshd and our own SSH have no algorithm in common' : undefined;
    case 'host-key-unverifiable':
      return 'only that can check its host key';
    case 'authentication':
    case 'key-unusable':
      return /on a FIDO token|is a certificate/.test(message)
        ? 'a key is on a FIDO token or is a certificate'
        : undefined;
    default:
      return undefined;
  }
}

const isMissing = ({ code, message }: ErrorInfo): boolean => code === 'configuration' && /not installed/.test(message);

function withProgram(first: ErrorInfo, { message, hint = '' }: ErrorInfo): ErrorInfo {
  return { ...first, hint: `The program ssh could do it, but ${message}. ${hint}` };
}

function chosen(connection: Connection, why: string): Connection {
  const { facts, hostKey } = connection;
  return {
    facts,
    ...(hostKey !== undefined && { hostKey }),
    chosen: `openssh, because ${why}`,
    read: (request, signal) => connection.read(request, signal),
    change: (request, signal) => connection.change(request, signal),
    lock: (note, signal) => connection.lock(note, signal),
    dial: (address, port, signal) => connection.dial(address, port, signal),
    close: () => connection.close(),
  };
}
