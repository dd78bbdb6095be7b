import type { Host } from '../../src/model/host.ts';
import type { FleetHost } from '../fleet/host.ts';

/** A host of the test fleet as the inventory would have it. */
export function inventoryHost(host: FleetHost, user = 'root', more: Partial<Host> = {}): Host {
  return {
    name: host.name,
    address: host.address,
    port: host.port,
    user,
    groups: [],
    connection: 'ssh',
    privateKeyFile: host.rootKeyFile,
    knownHostsFile: host.knownHostsFile,
    vars: {},
    ...more,
  };
}

/** Kills the processes of sshd that hold sessions, as a dead link would end them; sshd itself goes on. */
export async function cutSessions(host: FleetHost): Promise<void> {
  await host.exec("pkill -9 -f '^sshd: (root|ops)' || true");
}
