import type { SshHop } from '../../model/ssh-settings.ts';
import { isRevoked } from './host-key-order.ts';
import type { KnownHostsFiles, Said } from './known-hosts-file.ts';
import { nameOf } from './known-hosts.ts';

/** A machine whose key is asked for. */
export type KeyedHop = Pick<SshHop, 'address' | 'port' | 'hostKeys' | 'algorithms'>;

/** Where to look for its keys. */
export interface HostKeys {
  readonly hop: KeyedHop;
  readonly files: KnownHostsFiles;
  /** Reached from here, through nobody else. */
  readonly isDirect: boolean;
}

/** What the files say of one name, and what they make of the key that is shown. */
export interface Look extends Said {
  readonly name: string;
  readonly status: 'known' | 'changed' | 'unknown' | 'revoked';
}

export const filesOf = ({ hostKeys }: KeyedHop): readonly string[] => [...hostKeys.userFiles, ...hostKeys.globalFiles];

/** HostKeyAlias has no port. */
export const nameFor = ({ address, port, hostKeys }: KeyedHop): string =>
  hostKeys.alias === undefined ? nameOf(address, port) : nameOf(hostKeys.alias);

/** Only then a key on file without a port counts as well. */
export const hasPort = ({ port, hostKeys }: KeyedHop): boolean => hostKeys.alias === undefined && port !== 22;

/** As hostfile.c, check_key_in_hostkeys: any other plain key under the name makes it a changed one, of whatever kind. */
export function look({ hop, files }: HostKeys, name: string, key: Buffer): Look {
  const said = files.about(name, filesOf(hop));
  const plain = said.entries.filter(({ marker }) => marker === undefined);
  const status = plain.some((entry) => entry.key.equals(key)) ? 'known' : plain.length > 0 ? 'changed' : 'unknown';
  return { name, ...said, status: isRevoked(key, said.entries) ? 'revoked' : status };
}
