import type { Host } from '../model/host.ts';
import type { Transport } from '../model/transport.ts';
import { nothingShown, type Shown } from '../transports/shown-passwords.ts';
import { unreachable } from '../util/unreachable.ts';

/** The transport of each host. SSH takes longer to load than the rest of the program: only when a host needs it. */
export async function openTransports(hosts: readonly Host[]): Promise<(host: Host) => Transport> {
  const kinds = new Set(hosts.map((host) => host.connection));
  const shown = nothingShown();
  const openssh =
    kinds.has('ssh') || kinds.has('openssh')
      ? (await import('../transports/openssh.ts')).createOpensshTransport({ shown })
      : undefined;
  const ssh = kinds.has('ssh') && openssh !== undefined ? await sshElse(openssh, shown) : undefined;
  const local = kinds.has('local') ? (await import('../transports/local.ts')).createLocalTransport() : undefined;
  return ({ name, connection }) => {
    const transport = choose(connection, { ssh, openssh, local });
    if (transport === undefined) throw new Error(`${name} is reached by ${connection}, which no inventory can say`);
    return transport;
  };
}

async function sshElse(openssh: Transport, shown: Shown): Promise<Transport> {
  const { createSshTransport } = await import('../transports/ssh.ts');
  const { createSshElseOpenssh } = await import('../transports/ssh-else-openssh.ts');
  return createSshElseOpenssh(createSshTransport({ shown }), openssh);
}

type Opened = Readonly<Record<'ssh' | 'openssh' | 'local', Transport | undefined>>;

function choose(connection: Host['connection'], opened: Opened): Transport | undefined {
  switch (connection) {
    case 'ssh':
    case 'openssh':
    case 'local':
      return opened[connection];
    case 'memory':
      return undefined;
    default:
      return unreachable(connection);
  }
}
