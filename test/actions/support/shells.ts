import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../../fleet/cache.ts';

export interface Shell {
  readonly name: 'dash' | 'bash' | 'busybox';
  /** The shell's program and its own arguments, before `-c`. */
  readonly argv: readonly [string, ...string[]];
}

/** The shells of this machine that scripts have to work in. */
export function shells(): readonly Shell[] {
  const found: Shell[] = [];
  for (const [name, path] of [
    ['dash', '/bin/dash'],
    ['bash', '/bin/bash'],
  ] as const) {
    if (existsSync(path)) found.push({ name, argv: name === 'bash' ? [path, '--posix'] : [path] });
  }
  const busybox = busyBox();
  if (busybox !== undefined) found.push({ name: 'busybox', argv: [busybox, 'sh'] });
  return found;
}

/** BusyBox from Debian's package, unpacked into the cache on first use; undefined where that is not possible. */
function busyBox(): string | undefined {
  const folder = join(cacheFolder(), 'busybox');
  const program = join(folder, 'bin', 'busybox');
  if (!existsSync(program)) {
    try {
      execFileSync(
        'sh',
        [
          '-euc',
          'mkdir -p "$1"; cd "$1"; apt-get download -q busybox; dpkg -x busybox_*.deb .; rm ./*.deb',
          'sh',
          folder,
        ],
        { stdio: 'ignore', timeout: 60_000 },
      );
    } catch {
      return undefined;
    }
  }
  return existsSync(program) ? program : undefined;
}

/** A folder with links to all programs of BusyBox, to be the whole PATH: what a host that has nothing else runs. */
export function busyBoxOnly(folder: string): string {
  const busybox = busyBox();
  if (busybox === undefined) throw new Error('no BusyBox');
  execFileSync(busybox, ['--install', '-s', folder]);
  return folder;
}
