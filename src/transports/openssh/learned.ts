import type { SshHost } from '../../model/host.ts';
import { printableLine } from '../../util/printable.ts';
import { learnedKey } from '../learned-key.ts';
import { keyInWords } from './failure.ts';

/** The keys that `ssh` has added, by its log and by what the `ssh` of jump hosts has said. */
export function learnedKeys({ ssh }: SshHost, log: string, said: string): readonly string[] {
  const [file = 'a known_hosts file'] = ssh.hostKeys.userFiles;
  const failed = /^Failed to add the host to the list of known hosts/m.test(log) ? 'ssh says no more' : undefined;
  const own = [...log.matchAll(ADDED)].slice(0, 1).map(() => learnedKey(keyInWords(log) ?? 'key', file, failed));
  const atJumpHosts = [...said.matchAll(ADDED)].map(
    ([, name = '', type = '']) => `a jump host was unknown: the ${type} key of ${printableLine(name)} is now on file`,
  );
  return [...atJumpHosts, ...own];
}

const ADDED = /^Warning: Permanently added '([^'\r\n]+)' \((\S+)\) to the list of known hosts\./gm;
