import type { ValuesOf } from '../../model/type.ts';
import { commandLine } from '../../util/command-line.ts';
import { parseDuration } from '../../util/duration.ts';

/** The params that say which files are meant: those of `find`, of which `files_remove` takes some. */
export const SELECTION_PARAMS = {
  paths: {
    type: {
      kind: 'list',
      of: { kind: 'string', pattern: String.raw`^(/[^\n]*)?$`, form: 'an absolute path on one line, such as /var/log' },
    },
    description: 'Folders to look in, at every depth; one that does not exist, or an empty text, holds nothing.',
  },
  patterns: {
    type: {
      kind: 'list',
      of: { kind: 'string', pattern: String.raw`^[^\n/]+$`, form: 'a pattern of names without /, such as *.gz' },
    },
    description: 'Patterns of the last part of the path (`*`, `?`, `[a-z]`), one of which has to fit; empty: any name.',
    optional: true,
  },
  excludes: {
    type: {
      kind: 'list',
      of: { kind: 'string', pattern: String.raw`^[^\n/]+$`, form: 'a pattern of names without /, such as audit.log*' },
    },
    description: 'Patterns of names that are left out, whatever else fits.',
    optional: true,
  },
  older_than: {
    type: { kind: 'duration' },
    description: 'Only what was last modified so long ago, by the clock of the host.',
    optional: true,
  },
  min_size: { type: { kind: 'size' }, description: 'Only what is at least so long.', optional: true },
  one_file_system: {
    type: { kind: 'bool' },
    description: 'Leave out what is mounted below a path, bind mounts too (default true).',
    optional: true,
  },
} as const;

export type FileType = 'file' | 'directory' | 'link' | 'any';

type Selection = Partial<ValuesOf<typeof SELECTION_PARAMS>> & { readonly type?: FileType };

const LETTERS: Readonly<Record<FileType, string>> = { file: 'f', directory: 'd', link: 'l', any: '' };

/** What `FILE_SEARCH_SH` is given beside the paths. */
export function selectionVariables(selection: Selection) {
  return {
    patterns: (selection.patterns ?? []).join('\n'),
    excludes: (selection.excludes ?? []).join('\n'),
    older: selection.older_than === undefined ? '' : String(wholeSeconds(selection.older_than)),
    min_size: selection.min_size === undefined ? '' : String(selection.min_size),
    type: LETTERS[selection.type ?? 'file'],
    one_fs: selection.one_file_system === false ? '' : 'yes',
  };
}

/** `/var/log: files named *.gz but audit.log*, older than 7d`, for people. */
export function describeSelection(selection: Selection): string {
  const { paths = [], patterns = [], excludes = [], older_than: age, min_size: size, type = 'file' } = selection;
  const kind = type === 'any' ? 'everything' : { file: 'files', directory: 'directories', link: 'links' }[type];
  const named = patterns.length === 0 ? kind : `${kind} named ${commandLine(patterns)}`;
  const meant = excludes.length === 0 ? named : `${named} but ${commandLine(excludes)}`;
  const old = age === undefined ? [] : [`older than ${age}`];
  const long = size === undefined ? [] : [`of ${size} bytes or more`];
  const places = paths.filter((path) => path !== '');
  return `${places.length === 0 ? 'no folder' : commandLine(places)}: ${[meant, ...old, ...long].join(', ')}`;
}

/** Rounded up: nothing is taken for older than it is. */
function wholeSeconds(duration: string): number {
  const parsed = parseDuration(duration);
  if (!parsed.ok) throw new Error(parsed.error);
  return Math.ceil(parsed.value / 1000);
}
