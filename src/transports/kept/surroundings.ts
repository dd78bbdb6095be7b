import { statSync } from 'node:fs';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { Host, SshHost } from '../../model/host.ts';
import type { SshHop } from '../../model/ssh-settings.ts';
import { within } from '../shell/within.ts';

const LOOKUP_MS = 2000;

/**
 * What a new connection would be decided by, beside what the host says: the addresses of its name, and each file of host keys, login keys
 * and settings, by its time, size and place. It differs when a key was revoked, removed or exchanged, or the name given to another
 * machine. `undefined`: nobody could tell in time.
 */
export async function surroundingsOf(host: Host): Promise<string | undefined> {
  if (!('ssh' in host)) return '';
  const addresses = await addressesOf(host);
  return addresses && JSON.stringify([addresses, [...new Set(filesOf(host))].map((file) => [file, stampOf(file)])]);
}

/** What is behind another machine, is looked up there. */
async function addressesOf({ ssh }: SshHost): Promise<readonly string[] | undefined> {
  const { route } = ssh;
  if (route.kind !== 'direct' && route.command !== undefined) return [];
  const { address } = (route.kind === 'jumps' ? route.hops[0] : undefined) ?? ssh;
  if (isIP(address) !== 0) return [];
  const found = lookup(address, { all: true }).catch(() => undefined);
  const entries = await within(found, AbortSignal.timeout(LOOKUP_MS));
  return entries?.map((entry) => entry.address).toSorted();
}

function filesOf({ ssh }: SshHost): readonly string[] {
  const { configFile } = ssh.program;
  const settings = configFile === undefined ? [...ownSettings(), '/etc/ssh/ssh_config'] : [configFile];
  const jumps = ssh.route.kind === 'jumps' ? ssh.route.hops : [];
  return [...settings, ...[ssh, ...jumps].flatMap(filesOfHop)];
}

/** A container's user may have no entry, and so none. */
function ownSettings(): readonly string[] {
  try {
    return [join(userInfo().homedir, '.ssh', 'config')];
  } catch {
    return [];
  }
}

function filesOfHop({ hostKeys, login }: SshHop): readonly string[] {
  const { userFiles, globalFiles, revokedFile } = hostKeys;
  const keys = login.keyFiles.flatMap(({ path }) => [path, `${path}-cert.pub`]);
  return [...userFiles, ...globalFiles, ...(revokedFile === undefined ? [] : [revokedFile]), ...keys];
}

function stampOf(file: string): string {
  try {
    const found = statSync(file, { bigint: true, throwIfNoEntry: false });
    return found === undefined ? 'missing' : [found.mtimeNs, found.ctimeNs, found.size, found.ino, found.dev].join(' ');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unreadable';
  }
}
