import type { Host } from '../model/host.ts';
import type { Transport } from '../model/transport.ts';
import type { KeepableTransport } from '../transports/keepable.ts';
import type { KeptConnections } from '../transports/kept/connections.ts';
import { nothingShown, type Shown } from '../transports/shown-passwords.ts';
import { unreachable } from '../util/unreachable.ts';

/**
 * The transport of each host, for one run. SSH takes longer to load than the rest of the program: only when a host needs it. With `kept`,
 * connections of earlier runs of this process are used again, and those of this run wait for the next one.
 */
export async function openTransports(
  hosts: readonly Host[],
  kept?: KeptConnections,
): Promise<(host: Host) => Transport> {
  const kinds = new Set(hosts.map((host) => host.connection));
  const shown = nothingShown();
  const openssh =
    kinds.has('ssh') || kinds.has('openssh')
      ? (await import('../transports/openssh.ts')).createOpensshTransport({ shown })
      : undefined;
  const ssh = kinds.has('ssh') && openssh !== undefined ? await sshElse(openssh, shown) : undefined;
  const local = kinds.has('local')
    ? (await import('../transports/local.ts')).createLocalTransport(shown.toBecome)
    : undefined;
  const over = (transport?: KeepableTransport) => transport && (kept?.over(transport, shown.toBecome) ?? transport);
  const opened = { ssh: over(ssh), openssh: over(openssh), local: over(local) };
  return ({ name, connection }) => {
    const transport = choose(connection, opened);
    if (transport === undefined) throw new Error(`${name} is reached by ${connection}, which no inventory can say`);
    return transport;
  };
}

async function sshElse(openssh: KeepableTransport, shown: Shown): Promise<KeepableTransport> {
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
