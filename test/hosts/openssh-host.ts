import type { SshHost } from '../../src/model/host.ts';
import type { FleetHost } from '../fleet/host.ts';
import { fleetHost } from './transport-fleet.ts';

/** A host of the test fleet for the program `ssh`, which is told everything: it reads no configuration of this machine. */
export function opensshHost(
  host: FleetHost,
  user = 'root',
  options: readonly string[] = [],
  more: Partial<SshHost> = {},
): SshHost {
  const plain = fleetHost(host, user, { connection: 'openssh', ...more });
  const own = [
    `IdentityFile=${host.rootKeyFile}`,
    'IdentitiesOnly=yes',
    `UserKnownHostsFile=${host.knownHostsFile}`,
    'GlobalKnownHostsFile=none',
    `User=${user}`,
    `Port=${host.port}`,
  ];
  const program = { destination: host.address, options: [...options, ...own], configFile: 'none' };
  return { ...plain, ssh: { ...plain.ssh, program } };
}
