import { realpathSync } from 'node:fs';
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import { err, type Result } from '../util/result.ts';
import type { FileProblem, ReadBeside, Wanted } from './files-beside.ts';
import { readText, unreadable, type WantedText } from './read-file.ts';

const TEXTS: Readonly<Record<Wanted['kind'], WantedText>> = {
  file: { maxBytes: 256 * 1024, kind: 'a text file', tooLarge: 'let the host fetch what is that large' },
  fragment: { maxBytes: 256 * 1024, kind: 'a YAML file', tooLarge: 'make several fragments of it' },
};

/**
 * Reads the files that a runbook, or a fragment in it, names. A relative path begins in the folder of the file that names it and
 * ends in it, links followed: who copies that folder has all of it, and a path that looks harmless takes nothing from elsewhere. An
 * absolute path takes any file, but for a fragment none. At most 256 KiB of UTF-8 without NUL, in a regular file that not everybody
 * may write.
 */
export function readBeside(runbookPath: string): ReadBeside {
  const runbookFolder = resolve(dirname(runbookPath));
  return (path, wanted = { folder: '.', kind: 'file' }) => {
    const folder = resolve(runbookFolder, wanted.folder);
    const text = isAbsolute(path) ? readAnywhere(path, folder, wanted) : readInside(folder, path, wanted);
    if (!text.ok || !text.value.includes('\0')) return text;
    const offset = Buffer.byteLength(text.value.slice(0, text.value.indexOf('\0')));
    return problem(
      'E_CONTROL',
      `the file is not text: NUL at byte offset ${offset}`,
      `give the path of ${TEXTS[wanted.kind].kind}`,
    );
  };
}

function readAnywhere(path: string, folder: string, { kind }: Wanted): Result<string, FileProblem> {
  return kind === 'file' ? readText(path, TEXTS.file) : leadsOut(folder, kind);
}

function readInside(folder: string, path: string, wanted: Wanted): Result<string, FileProblem> {
  const text = TEXTS[wanted.kind];
  let real: string;
  let realFolder: string;
  try {
    [real, realFolder] = [realpathSync(resolve(folder, path)), realpathSync(folder)];
  } catch (error) {
    const { code, message, hint } = unreadable(error, text.kind);
    return problem(code, message, `${hint}; a relative one begins in the folder of ${namerOf(wanted)}, ${folder}`);
  }
  if (relative(realFolder, real).split('/')[0] !== '..') return readText(real, text);
  return leadsOut(folder, wanted.kind, namerOf(wanted));
}

function leadsOut(
  folder: string,
  kind: Wanted['kind'],
  namer = 'the file that includes it',
): Result<never, FileProblem> {
  const hint =
    kind === 'file'
      ? 'put the file beside the runbook, or write its absolute path'
      : 'put the fragment beside the file that includes it, or into a folder below that';
  return problem('E_PATH', `this leads out of the folder of ${namer}, ${folder}`, hint);
}

function namerOf({ folder }: Wanted): string {
  return folder === '.' ? 'the runbook' : 'the fragment';
}

function problem(code: string, message: string, hint: string): Result<never, FileProblem> {
  return err({ code, message, hint });
}
