import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Where the programs of a system are, also those that a plain user has not on the path. */
export const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Those of the programs that this machine does not have. */
export function missingPrograms(names: readonly string[]): readonly string[] {
  const folders = `${process.env['PATH'] ?? ''}:${SYSTEM_PATH}`.split(':').filter((folder) => folder !== '');
  return names.filter((name) => !folders.some((folder) => existsSync(join(folder, name))));
}
