import { readText } from '../load/read-file.ts';
import type { ReadNames } from '../plan/select-hosts.ts';
import { err, ok } from '../util/result.ts';
import { fromHere } from './find-runbook.ts';
import type { Surroundings } from './surroundings.ts';

const WANTED = { maxBytes: 1024 * 1024, kind: 'a file with a host a line', tooLarge: 'split it' } as const;

/** Reads what `--limit @FILE` names: a term of a pattern a line; empty lines and those after `#` say nothing. */
export function readNamesFrom(surroundings: Surroundings): ReadNames {
  return (file) => {
    const read = readText(fromHere(file, surroundings), WANTED);
    if (!read.ok) {
      const { message, hint } = read.error;
      return err({ code: 'usage', message: `the file of --limit @${file} cannot be taken: ${message}`, hint });
    }
    const lines = read.value.replace(/^\uFEFF/, '').split(/\r?\n/);
    return ok(lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#')));
  };
}
