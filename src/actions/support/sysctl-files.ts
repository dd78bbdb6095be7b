/** One file that sets kernel parameters at boot, without its comments. */
export interface SysctlFile {
  readonly path: string;
  readonly lines: readonly string[];
}

/** A file that sets one kernel parameter, and to what; blanks are single. */
export interface SysctlSetting {
  readonly path: string;
  readonly value: string;
}

/** As the kernel and its files mean it: blanks and tabs are one blank. */
export function normalValue(value: string): string {
  return value.trim().replaceAll(/\s+/g, ' ');
}

/** The path below /proc/sys: the first separator of a name says which one it uses, so that `net/ipv4/conf/eth0.1/forwarding` has one. */
export function sysctlPath(name: string): string {
  const separator = /[./]/.exec(name)?.[0] ?? '.';
  const swapped = name.replaceAll(/[./]/g, (found) => (found === '.' ? '/' : '.'));
  return `/proc/sys/${separator === '.' ? swapped : name}`;
}

/** The file of our own that sets it at boot. */
export function sysctlFile(name: string): string {
  const dotted = sysctlPath(name).slice('/proc/sys/'.length).replaceAll('/', '-');
  return `/etc/sysctl.d/60-runbook-${dotted}.conf`;
}

/**
 * Pure: who sets the parameter at boot, the one that counts last: files in the order of their names, whatever their folders, and of
 * one name only the first that was given (sysctl.d(5)); `/etc/sysctl.conf` after all, as `sysctl --system` reads it, unless it is
 * among them as `99-sysctl.conf`.
 */
export function settingsOf(name: string, files: readonly SysctlFile[]): readonly SysctlSetting[] {
  const path = sysctlPath(name);
  const byName = new Map<string, SysctlFile>();
  for (const file of files) {
    const base = file.path.slice(file.path.lastIndexOf('/') + 1);
    if (!byName.has(base)) byName.set(base, file);
  }
  const ordered = [...byName].toSorted(([left], [right]) => rank(left, right)).map(([, file]) => file);
  return ordered.flatMap((file) =>
    file.lines.flatMap((line) => {
      const [, key, value] = /^\s*(?:-\s*)?([^=\s]+)\s*=(.*)$/.exec(line) ?? [];
      if (key === undefined || value === undefined || sysctlPath(key) !== path) return [];
      return [{ path: file.path, value: normalValue(value) }];
    }),
  );
}

const LAST = 'sysctl.conf';

function rank(left: string, right: string): number {
  if (left === LAST || right === LAST) return Number(left === LAST) - Number(right === LAST);
  return left < right ? -1 : 1;
}
