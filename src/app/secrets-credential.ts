import { join } from 'node:path';
import { aboutFile, decodeText } from '../load/read-file.ts';
import { whyNoSecret } from '../load/secrets-file.ts';
import { isThere, readPrivateFile } from '../load/secrets-private-file.ts';
import { err, ok, type Result } from '../util/result.ts';
import type { Surroundings } from './surroundings.ts';
import { inFiles, type Trouble } from './trouble.ts';

/**
 * What systemd's `LoadCredential=` and its like put there: one file for each secret, which is the value. One line break at its
 * end is no part of it. Undefined when there is none.
 */
export function readCredential(name: string, { environment }: Surroundings): Result<string | undefined, Trouble> {
  const directory = environment['CREDENTIALS_DIRECTORY'] ?? '';
  // A credential is named as a file; a name with a slash could leave the directory.
  if (directory === '' || name.includes('/')) return ok(undefined);
  const path = join(directory, name);
  if (!isThere(path)) return ok(undefined);
  const bytes = readPrivateFile(path, 'a credential', 'a group');
  const text = bytes.ok ? decodeText(bytes.value) : bytes;
  if (!text.ok) return err(inFiles([aboutFile(path, text.error)], []));
  const value = text.value.replace(/\r?\n$/, '');
  const trouble = whyNoSecret(value);
  if (trouble === undefined) return ok(value);
  const problem = { code: 'E_VALUE', message: `the secret ${trouble}`, hint: 'store another value' };
  return err(inFiles([aboutFile(path, problem)], []));
}
