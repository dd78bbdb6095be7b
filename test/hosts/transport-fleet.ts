import type { SshHost } from '../../src/model/host.ts';
import { sshHost, sshSettings, withFiles } from '../support/hosts.ts';
import type { FleetHost } from '../fleet/host.ts';

/** Where no program is looked for: what a test needs on a host that is to have little. */
export const PUT_AWAY = '/put-away';

/** A host of the test fleet as the inventory would have it. */
export function fleetHost(host: FleetHost, user = 'root', more: Partial<SshHost> = {}): SshHost {
  const { name, address, port, rootKeyFile, knownHostsFile } = host;
  return sshHost(name, withFiles(sshSettings({ address, port, user }), rootKeyFile, knownHostsFile), more);
}

/** Kills the processes of sshd that hold sessions, as a dead link would end them; sshd itself goes on. */
export async function cutSessions(host: FleetHost): Promise<void> {
  await host.exec(`PATH=$PATH:${PUT_AWAY} pkill -9 -f '^sshd(-session)?: (root|ops)' || true`);
}
