import type { InventoryHost, NearHost, SshHost } from '../../src/model/host.ts';
import type { Group, Inventory } from '../../src/model/inventory.ts';
import type { SshSettings } from '../../src/model/ssh-settings.ts';

/** How a host is reached when nobody has said anything. */
export function sshSettings(parts: Partial<SshSettings> = {}): SshSettings {
  const { address = '127.0.0.1', port = 22, user = 'root' } = parts;
  return {
    address,
    port,
    user,
    hostKeys: { userFiles: [], globalFiles: [], unknown: 'refuse', hashNames: false, checkAddress: false },
    login: { keyFiles: [], onlyThese: false, methods: ['publickey', 'keyboard-interactive', 'password'] },
    algorithms: { ciphers: [], macs: [], keyExchanges: [], hostKeys: [], publicKeys: [] },
    family: 'any',
    route: { kind: 'direct' },
    program: { destination: address, options: [] },
    beyond: [],
    ...parts,
  };
}

/** With one key, and one known_hosts file. */
export function withFiles(settings: SshSettings, keyFile: string, knownHostsFile: string): SshSettings {
  return {
    ...settings,
    hostKeys: { ...settings.hostKeys, userFiles: [knownHostsFile] },
    login: { ...settings.login, keyFiles: [{ path: keyFile, isDefault: false }], onlyThese: true },
  };
}

export function sshHost(name: string, ssh: SshSettings, parts: Partial<SshHost> = {}): SshHost {
  const { address, port, user } = ssh;
  return { ...common(name), address, port, user, connection: 'ssh', ssh, ...parts };
}

export function nearHost(name: string, connection: NearHost['connection'], parts: Partial<NearHost> = {}): NearHost {
  return { ...common(name), address: name, port: 22, user: 'root', connection, ...parts };
}

export function inventoryHost(name: string, parts: Partial<InventoryHost> = {}): InventoryHost {
  return { ...common(name), connection: 'ssh', address: name, sshOptions: [], problems: [], ...parts };
}

interface InventoryParts {
  readonly hosts?: readonly InventoryHost[];
  readonly groups?: readonly (Pick<Group, 'name' | 'hosts'> & Partial<Group>)[];
  readonly all?: Group;
}

export function inventory({ hosts = [], groups = [], all }: InventoryParts): Inventory {
  const names = hosts.map(({ name }) => name);
  return {
    name: 'inventory.yaml',
    hosts,
    all: all ?? { name: 'all', hosts: names, ownHosts: [], children: groups.map(({ name }) => name) },
    groups: groups.map((group) => ({ ownHosts: group.hosts, children: [], ...group })),
    variables: (host) => hosts.find(({ name }) => name === host)?.vars ?? {},
    variablesOfGroup: () => Promise.resolve({}),
    origins: () => [],
  };
}

function common(name: string): Pick<NearHost, 'name' | 'groups' | 'becoming' | 'secrets' | 'vars'> {
  return { name, groups: [], becoming: { method: 'sudo' }, secrets: {}, vars: {} };
}
