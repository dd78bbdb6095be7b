import { realpathSync } from 'node:fs';
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import { err, type Result } from '../util/result.ts';
import type { FileProblem, ReadBeside } from './files-beside.ts';
import { readText, unreadable } from './read-file.ts';

const WANTED = {
  maxBytes: 256 * 1024,
  kind: 'a text file',
  tooLarge: 'let the host fetch what is that large',
} as const;

/**
 * Reads the files that a runbook names. A relative path begins in the runbook's folder and ends in it, links followed: who copies
 * that folder has all of the runbook, and a path that looks harmless takes nothing from elsewhere. An absolute path takes any file.
 * At most 256 KiB of UTF-8 without NUL, in a regular file that not everybody may write.
 */
export function readBeside(runbookPath: string): ReadBeside {
  const folder = resolve(dirname(runbookPath));
  return (path) => {
    const text = isAbsolute(path) ? readText(path, WANTED) : readInside(folder, path);
    if (!text.ok || !text.value.includes('\0')) return text;
    const offset = Buffer.byteLength(text.value.slice(0, text.value.indexOf('\0')));
    return problem(
      'E_CONTROL',
      `the file is not text: NUL at byte offset ${offset}`,
      `give the path of ${WANTED.kind}`,
    );
  };
}

function readInside(folder: string, path: string): Result<string, FileProblem> {
  let real: string;
  let realFolder: string;
  try {
    [real, realFolder] = [realpathSync(resolve(folder, path)), realpathSync(folder)];
  } catch (error) {
    const { code, message, hint } = unreadable(error, WANTED.kind);
    return problem(code, message, `${hint}; a relative one begins in the folder of the runbook, ${folder}`);
  }
  if (relative(realFolder, real).split('/')[0] !== '..') return readText(real, WANTED);
  return problem(
    'E_PATH',
    `this leads out of the folder of the runbook, ${folder}`,
    'put the file beside the runbook, or write its absolute path',
  );
}

function problem(code: string, message: string, hint: string): Result<never, FileProblem> {
  return err({ code, message, hint });
}
