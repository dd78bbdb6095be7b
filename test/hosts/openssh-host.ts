import type { SshHost } from '../../src/model/host.ts';
import type { FleetHost } from '../fleet/host.ts';
import { fleetHost } from './transport-fleet.ts';

interface Parts {
  readonly connection?: SshHost['connection'];
  /** Instead of the fleet's; `null`: none but those of the options. */
  readonly keyFile?: string | null;
}

/** A host of the test fleet for the program `ssh`, which is told everything: it reads no configuration of this machine. */
export function opensshHost(
  host: FleetHost,
  user = 'root',
  options: readonly string[] = [],
  { connection = 'openssh', keyFile = host.rootKeyFile }: Parts = {},
): SshHost {
  const plain = fleetHost(host, user, { connection });
  const keyFiles = keyFile === null ? [] : [{ path: keyFile, isDefault: false }];
  const own = [
    ...keyFiles.map(({ path }) => `IdentityFile=${path}`),
    'IdentitiesOnly=yes',
    `UserKnownHostsFile=${host.knownHostsFile}`,
    'GlobalKnownHostsFile=none',
    `User=${user}`,
    `Port=${host.port}`,
  ];
  const program = { destination: host.address, options: [...options, ...own], configFile: 'none' };
  return { ...plain, ssh: { ...plain.ssh, program, login: { ...plain.ssh.login, keyFiles } } };
}
