import type { Fields } from '../../model/type.ts';
import { FILE_PATH } from './file-fields.ts';

/** Params that say which file is meant. */
export const LOCK_PARAMS = {
  path: { type: FILE_PATH, description: 'The pid or lock file.' },
  process: {
    type: { kind: 'string', pattern: String.raw`^[^/\x00-\x1f\x7f]*$`, form: 'the name of a program without its path' },
    description: 'Name of the program that owns such files, as `ps -e` shows it; any, by default.',
    optional: true,
  },
} as const satisfies Fields;
