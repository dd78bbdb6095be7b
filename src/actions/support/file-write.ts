import { isUtf8 } from 'node:buffer';
import { ok, err, type Result } from '../../util/result.ts';
import { operation, placeOf, type FileOperation } from './file-operation.ts';
import { cannot, missing, sha256Of, type CannotPrepare, type Metadata, type SeenFile } from './file-seen.ts';
import { readFileText } from './file-text.ts';
import { metadataLines } from './metadata-lines.ts';

/** The mode of a file that is new, when none is asked for. */
const NEW_FILE_MODE = '0644';
const LINE_FEED = 0x0a;

/**
 * Pure: what makes a file that was looked at with its content hold `bytes`, with the owner and group that the look was asked about
 * and with `mode` (four octal digits); what is not asked for stays as it is. `undefined`: it is so already.
 */
export function writeOperation(
  file: SeenFile,
  bytes: Buffer,
  mode?: string,
): Result<FileOperation | undefined, CannotPrepare> {
  const { found, path } = file;
  switch (found.kind) {
    case 'absent':
      return ok(newFile(file, bytes, mode ?? NEW_FILE_MODE));
    case 'nowhere':
      return err(missing(noFolder(file)));
    case 'directory':
      return err(cannot('cannot-start', `${path} is a directory: name a file`));
    case 'link':
      return err(cannot('cannot-start', `${path} is a link to ${found.target}: name that file instead`));
    case 'file': {
      if (found.content === undefined) return err(cannot('output', `the host did not say what is in ${path}`));
      const wanted = wantedMetadata(file, found.metadata, mode);
      if (found.content.sha256 === sha256Of(bytes)) return ok(metadataOperation(file, found.metadata, wanted));
      return ok(newContent(file, found.metadata, found.content, bytes, wanted));
    }
  }
}

/** What changes mode and owner in place, on the file or directory itself; `undefined`: they are so already. */
export function metadataOperation(file: SeenFile, now: Metadata, wanted: Metadata): FileOperation | undefined {
  const lines = metadataLines(now, wanted);
  if (lines.length === 0) return undefined;
  const kind = file.found.kind === 'directory' ? 'directory' : 'file';
  const states = { before: `${kind} ${idsOf(now)}`, after: `${kind} ${idsOf(wanted)}` };
  const details = { to_mode: wanted.mode, to_uid: `${wanted.uid}`, to_gid: `${wanted.gid}` };
  return operation('metadata', file, states, { kept: '', temp: '' }, details, { path: file.path, lines });
}

export function wantedMetadata({ owner, group }: SeenFile, now: Metadata, mode?: string): Metadata {
  return { ...now, mode: mode ?? now.mode, uid: owner ?? now.uid, gid: group ?? now.gid };
}

export function noFolder({ directory, name }: SeenFile): string {
  const parent = directory === '/' ? '' : directory;
  return `there is no directory ${parent}/${name.split('/')[0] ?? ''}: make it first`;
}

function newFile(file: SeenFile, bytes: Buffer, mode: string): FileOperation {
  const states = { before: 'absent', after: `file ${sha256Of(bytes)}` };
  const { temp } = placeOf(file, states);
  const { owner, group, path } = file;
  const ids = { to_mode: mode, to_uid: textOf(owner), to_gid: textOf(group) };
  const asked = [
    `mode ${mode}`,
    ...(owner === undefined && group === undefined ? [] : [`owner ${textOf(owner)}:${textOf(group)}`]),
  ];
  const told = { path, content: { before: undefined, after: readFileText(bytes).text }, lines: asked };
  return operation(
    'write',
    file,
    states,
    { kept: '', temp },
    { ...contentDetails(Buffer.alloc(0), bytes), ...ids },
    told,
  );
}

function newContent(
  file: SeenFile,
  now: Metadata,
  before: { readonly sha256: string; readonly bytes?: Buffer },
  bytes: Buffer,
  wanted: Metadata,
): FileOperation {
  const states = { before: `file ${before.sha256}`, after: `file ${sha256Of(bytes)}` };
  const ids = { to_mode: wanted.mode, to_uid: `${wanted.uid}`, to_gid: `${wanted.gid}` };
  const details = { ...contentDetails(before.bytes ?? Buffer.alloc(0), bytes), ...ids };
  const lines = metadataLines(now, wanted);
  const told =
    before.bytes === undefined
      ? { lines: [`all of it changes: ${now.size} bytes -> ${bytes.length} bytes`, ...lines] }
      : { content: { before: readFileText(before.bytes).text, after: readFileText(bytes).text }, lines };
  return operation('write', file, states, placeOf(file, states), details, { path: file.path, ...told });
}

/** Only the lines between the common beginning and the common end are sent; the rest comes from the original. */
function contentDetails(before: Buffer, after: Buffer): Readonly<Record<string, string>> {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head++;
  while (head > 0 && after[head - 1] !== LINE_FEED) head--;
  let common = 0;
  while (common < shorter - head && before[before.length - 1 - common] === after[after.length - 1 - common]) common++;
  let tail = after.length - common;
  while (tail > head && tail < after.length && after[tail - 1] !== LINE_FEED) tail++;
  const middle = after.subarray(head, tail);
  const plain = isUtf8(middle) && !middle.includes(0);
  return {
    head: `${head}`,
    form: plain ? '%s' : '%b',
    middle: plain ? middle.toString('utf8') : escaped(middle),
    tail: tail === after.length ? '' : `${before.length - (after.length - tail) + 1}`,
  };
}

/** As `printf %b` reads it. */
function escaped(bytes: Buffer): string {
  return [...bytes]
    .map((byte) => {
      const plain = (byte >= 0x20 && byte < 0x7f && byte !== 0x5c) || byte === 0x0a;
      return plain ? String.fromCharCode(byte) : `\\0${byte.toString(8).padStart(3, '0')}`;
    })
    .join('');
}

function idsOf({ mode, uid, gid }: Metadata): string {
  return `${mode} ${uid} ${gid}`;
}

function textOf(id: number | undefined): string {
  return id === undefined ? '' : `${id}`;
}
