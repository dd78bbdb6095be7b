import type { Host } from '../model/host.ts';
import type { Transport } from '../model/transport.ts';
import { unreachable } from '../util/unreachable.ts';

/** The transport of each host. SSH takes longer to load than the rest of the program: only when a host needs it. */
export async function openTransports(hosts: readonly Host[]): Promise<(host: Host) => Transport> {
  const kinds = new Set(hosts.map((host) => host.connection));
  const ssh = kinds.has('ssh') ? (await import('../transports/ssh.ts')).createSshTransport({}) : undefined;
  const local = kinds.has('local') ? (await import('../transports/local.ts')).createLocalTransport() : undefined;
  return ({ name, connection }) => {
    const transport = choose(connection, ssh, local);
    if (transport === undefined) throw new Error(`${name} is reached by ${connection}, which no inventory can say`);
    return transport;
  };
}

function choose(
  connection: Host['connection'],
  ssh: Transport | undefined,
  local: Transport | undefined,
): Transport | undefined {
  switch (connection) {
    case 'ssh':
    case 'openssh':
      return ssh;
    case 'local':
      return local;
    case 'memory':
      return undefined;
    default:
      return unreachable(connection);
  }
}
