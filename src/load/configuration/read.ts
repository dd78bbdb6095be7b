import type { Stats } from 'node:fs';
import type { Diagnostic, SourceFile } from '../../model/source.ts';
import { err, ok, type Result } from '../../util/result.ts';
import type { FileProblem } from '../files-beside.ts';
import { aboutFile, decodeText, readBytes } from '../read-file.ts';

const WANTED = { maxBytes: 1024 * 1024, kind: 'a configuration', tooLarge: 'keep only settings in it' };

export interface ConfigurationFile {
  /** Its full path. */
  readonly file: string;
  /** The site's: only root may have written it. */
  readonly isSite: boolean;
}

/** Who reads it: `unattended` where nobody would notice what a member of the file's group put there. */
export interface Reading {
  readonly unattended: boolean;
}

/** The text of a configuration, as far as who may write it lets it be believed. */
export function readConfiguration(
  { file, isSite }: ConfigurationFile,
  { unattended }: Reading,
): Result<SourceFile, Diagnostic> {
  const bytes = readBytes(file, WANTED, (stat) => whyNotBelieved(file, isSite, unattended, stat));
  const text = bytes.ok ? decodeText(bytes.value) : bytes;
  return text.ok ? ok({ file, text: text.value }) : err(aboutFile(file, text.error));
}

function whyNotBelieved(
  file: string,
  isSite: boolean,
  unattended: boolean,
  { uid, mode }: Pick<Stats, 'uid' | 'mode'>,
): FileProblem | undefined {
  if (isSite && uid !== 0) {
    const message = `it holds for the whole site, and belongs to the user with uid ${uid}`;
    return { code: 'E_OWNER', message, hint: `when what is in it is right: chown root ${file}` };
  }
  if ((mode & 0o002) !== 0)
    return { code: 'E_PERM', message: 'every user may write this file', hint: `chmod o-w ${file}` };
  if (!unattended || (mode & 0o020) === 0) return undefined;
  const message = 'its group may write this file, and what runs unattended believes only what one user wrote';
  return { code: 'E_PERM', message, hint: `chmod g-w ${file}` };
}
