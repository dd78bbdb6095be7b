import { posix } from 'node:path';
import type { Answer } from '../../model/action.ts';
import { err, ok, type Result } from '../../util/result.ts';
import type { MutexEdit, NewPlace } from './apache-mutex-edits.ts';
import { operation, type FileOperation } from './file-operation.ts';
import { cannot, readSeenFiles, type CannotPrepare, type SeenFile } from './file-seen.ts';
import { readFileText } from './file-text.ts';
import { writeOperation } from './file-write.ts';
import type { Sections } from './sections.ts';

/** The files of the look of `apache_mutex`. */
export interface MutexFiles {
  readonly seen: readonly SeenFile[];
  readonly place: NewPlace;
  /** The link that makes Apache read the new place, where it takes one. */
  readonly link: SeenFile | undefined;
}

export function readMutexFiles(sections: Sections, answer: Answer): Result<MutexFiles, CannotPrepare> {
  const section = sections.get('files');
  const text = `${section?.lines.join('\n') ?? ''}\n`;
  const read = readSeenFiles({ ...answer, code: section?.code ?? 1, stdout: { ...answer.stdout, text } });
  if (!read.ok) return read;
  const places = sections.get('new_place')?.lines.length ?? 0;
  const seen = places === 2 ? read.value.slice(0, -1) : read.value;
  const place = seen.at(-1);
  if (place === undefined || places === 0) return err(cannot('output', 'no place for a directive was found'));
  const large = seen.find(({ found }) => found.kind === 'file' && found.content?.bytes === undefined);
  if (large !== undefined)
    return err(cannot('cannot-start', `${large.path} is too large to be edited: set the mutex by hand`));
  return ok({
    seen,
    place: { path: place.path, ours: place.name === 'runbook-mutex.conf' },
    link: places === 2 ? read.value.at(-1) : undefined,
  });
}

/** The texts by real path, of those that are there. */
export function textsOf({ seen }: MutexFiles): ReadonlyMap<string, string> {
  return new Map(
    seen.flatMap(({ path, found }) =>
      found.kind === 'file' && found.content?.bytes !== undefined
        ? [[path, readFileText(found.content.bytes).text] as const]
        : [],
    ),
  );
}

/** What writes the edits; the link comes last, so that Apache never reads half of it. */
export function mutexOperations(
  { seen, place, link }: MutexFiles,
  edits: readonly MutexEdit[],
): Result<readonly FileOperation[], CannotPrepare> {
  const operations: FileOperation[] = [];
  for (const { path, text } of edits) {
    const file = seen.find((other) => other.path === path);
    if (file === undefined) throw new Error(`${path} is edited without having been looked at`);
    const written = writeOperation(file, bytesOf(file, text));
    if (!written.ok) return written;
    if (written.value !== undefined) operations.push(written.value);
  }
  if (link === undefined || !edits.some(({ path }) => path === place.path)) return ok(operations);
  const enabled = enableOperation(link, place.path);
  return enabled.ok ? ok([...operations, ...enabled.value]) : enabled;
}

function bytesOf({ found }: SeenFile, text: string): Buffer {
  const before = found.kind === 'file' ? found.content?.bytes : undefined;
  return before === undefined ? Buffer.from(text, 'utf8') : readFileText(before).bytes(text);
}

/** As `a2enconf` does it. */
function enableOperation(link: SeenFile, path: string): Result<readonly FileOperation[], CannotPrepare> {
  const target = posix.relative(link.directory, path);
  const { found } = link;
  if (found.kind === 'link' && found.target === target) return ok([]);
  if (found.kind !== 'absent')
    return err(cannot('cannot-start', `${link.path} is in the way: remove it, or set the mutex by hand`));
  const states = { before: 'absent', after: `link ${target}` };
  const shown = { path: link.path, lines: [`link to ${target}`] };
  return ok([operation('link', link, states, { kept: '', temp: '' }, { target }, shown)]);
}
