import { lstatSync, type Stats } from 'node:fs';
import type { Result } from '../util/result.ts';
import type { FileProblem } from './files-beside.ts';
import { readBytes } from './read-file.ts';

/** Who may touch a file with secrets, beside its owner and root. */
export type Readers =
  | 'nobody else'
  /** systemd lets the user of a service read a credential by an access list, which looks like leave for the group. */
  | 'a group';

/**
 * Reads a file that holds secrets: a regular file of at most 1 MiB that is ours or root's, and closed to others. A link is
 * followed, and what it leads to must be so. `kind`: what was wanted, with its article.
 */
export function readPrivateFile(path: string, kind: string, readers: Readers): Result<Buffer, FileProblem> {
  const wanted = { maxBytes: 1024 * 1024, kind, tooLarge: 'keep only what runbooks need in it' };
  return readBytes(path, wanted, (stat) => whyNotPrivate(path, stat, readers));
}

/** A link that leads nowhere is there too, and a file that we may not see may be: reading them says what is wrong. */
export function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ENOTDIR');
  }
}

function whyNotPrivate(path: string, { uid, mode }: Stats, readers: Readers): FileProblem | undefined {
  const us = process.getuid?.();
  if (us !== undefined && uid !== us && uid !== 0) {
    return {
      code: 'E_OWNER',
      message: `the file belongs to the user with uid ${uid}, who may read and change it`,
      hint: `make it yours when you trust what is in it: chown ${us} ${path}`,
    };
  }
  const forbidden = mode & (readers === 'a group' ? 0o037 : 0o077);
  if (forbidden === 0) return undefined;
  const may = [forbidden & 0o044 && 'read', forbidden & 0o022 && 'change', forbidden & 0o011 && 'run'].filter(Boolean);
  return { code: 'E_PERM', message: `other users may ${may.join(' and ')} this file`, hint: `chmod 600 ${path}` };
}
