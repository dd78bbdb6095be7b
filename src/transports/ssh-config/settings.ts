import { join } from 'node:path';
import type { ErrorInfo } from '../../model/error.ts';
import type { InventoryHost } from '../../model/host.ts';
import type { SshSettings } from '../../model/ssh-settings.ts';
import { ok, type Result } from '../../util/result.ts';

/** What the inventory says of a host; ssh's configuration says the rest. */
export type Asked = Pick<
  InventoryHost,
  | 'name'
  | 'address'
  | 'port'
  | 'user'
  | 'privateKeyFile'
  | 'knownHostsFile'
  | 'sshOptions'
  | 'connectTimeoutMs'
  | 'connection'
>;

/** Who runs us, and where. */
export interface Controller {
  readonly home: string;
  readonly user: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** How `ssh` would reach each of the hosts, by name. Contacts none of them. An error: nothing can be known of one of them. */
export async function sshSettings(
  hosts: readonly Asked[],
  controller: Controller,
): Promise<Result<ReadonlyMap<string, SshSettings>, ErrorInfo>> {
  await Promise.resolve();
  return ok(new Map(hosts.map((host) => [host.name, defaultSettings(host, controller)])));
}

const DEFAULT_KEYS = ['id_ed25519', 'id_ecdsa', 'id_rsa'];

function defaultSettings(host: Asked, { home, user, environment }: Controller): SshSettings {
  const inHome = (name: string): string => join(home, '.ssh', name);
  const agent = environment['SSH_AUTH_SOCK'] ?? '';
  const keyFiles =
    host.privateKeyFile === undefined
      ? DEFAULT_KEYS.map((name) => ({ path: inHome(name), isDefault: true }))
      : [{ path: host.privateKeyFile, isDefault: false }];
  return {
    address: host.address,
    port: host.port ?? 22,
    user: host.user ?? user,
    hostKeys: {
      userFiles:
        host.knownHostsFile === undefined
          ? [inHome('known_hosts'), inHome('known_hosts2'), '/etc/ssh/ssh_known_hosts']
          : [host.knownHostsFile],
      globalFiles: [],
      unknown: 'refuse',
      hashNames: false,
      checkAddress: false,
    },
    login: {
      keyFiles,
      onlyThese: host.privateKeyFile !== undefined,
      ...(agent !== '' && host.privateKeyFile === undefined && { agent }),
      methods: ['publickey', 'keyboard-interactive', 'password'],
    },
    algorithms: { ciphers: [], macs: [], keyExchanges: [], hostKeys: [], publicKeys: [] },
    ...(host.connectTimeoutMs !== undefined && { connectTimeoutMs: host.connectTimeoutMs }),
    family: 'any',
    route: { kind: 'direct' },
    program: { destination: host.address, options: host.sshOptions },
    beyond: [],
  };
}
