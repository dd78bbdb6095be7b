import { err, ok, type Result } from '../../util/result.ts';
import { excerpt } from './sections.ts';

export interface Mount {
  /** `MAJOR:MINOR`: mounts with the same one show the same file system. */
  readonly deviceNumber: string;
  readonly mount: string;
  readonly device: string;
  readonly fsType: string;
  /** This mount or the whole file system is read-only. */
  readonly readOnly: boolean;
  /** The file system is read-only although this mount of it is not: the kernel made it so, as ext4 does after an error. */
  readonly forcedReadOnly: boolean;
}

const LINE = /^\d+ \d+ (\d+:\d+) \S+ (\S+) (\S+)(?: \S+)*? - (\S+) (\S*) (\S+)$/;

/** Reads `/proc/self/mountinfo` (proc(5)), in its order. Of mounts on the same place only the last, visible one is kept. */
export function readMountInfo(lines: readonly string[]): Result<readonly Mount[], string> {
  const mounts = new Map<string, Mount>();
  for (const line of lines) {
    const [, deviceNumber, mount, options, fsType, device, superOptions] = LINE.exec(line) ?? [];
    if (
      deviceNumber === undefined ||
      mount === undefined ||
      options === undefined ||
      fsType === undefined ||
      device === undefined ||
      superOptions === undefined
    )
      return err(`not a line of /proc/self/mountinfo: ${excerpt(line)}`);
    const own = options.split(',');
    const all = superOptions.split(',');
    // Since Linux 6.15 ext4 stays `rw` when an error has stopped it.
    const stopped = all.includes('emergency_ro');
    const readOnly = own.includes('ro') || all.includes('ro') || stopped;
    const forcedReadOnly = stopped || (all.includes('ro') && !own.includes('ro'));
    const place = unescapeMount(mount);
    mounts.delete(place);
    mounts.set(place, { deviceNumber, mount: place, device: unescapeMount(device), fsType, readOnly, forcedReadOnly });
  }
  return ok([...mounts.values()]);
}

/** The mount that holds `path`, which must be absolute and free of links. */
export function mountOf(path: string, mounts: readonly Mount[]): Mount | undefined {
  let best: Mount | undefined;
  for (const mount of mounts) {
    const inside = mount.mount === '/' || path === mount.mount || path.startsWith(`${mount.mount}/`);
    if (inside && (best === undefined || mount.mount.length >= best.mount.length)) best = mount;
  }
  return best;
}

/** The first mount of the file system that holds `path`: of several mounts of it, bind mounts too, `disk_usage` lists that one. */
export function sharedMountOf(path: string, mounts: readonly Mount[]): Mount | undefined {
  const mount = mountOf(path, mounts);
  return mounts.find(({ deviceNumber }) => deviceNumber === mount?.deviceNumber);
}

/** The kernel writes space, tab, newline, backslash and `#` as `\ooo`, byte by byte. */
export function unescapeMount(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
