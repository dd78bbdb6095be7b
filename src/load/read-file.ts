import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { err, ok, type Result } from '../util/result.ts';
import type { Diagnostic, SourceFile } from '../model/source.ts';
import type { FileProblem } from './files-beside.ts';

const MIB = 1024 * 1024;

/**
 * Reads a file that a person wrote: a regular file of at most 1 MiB in UTF-8, that not everybody may write. A byte order mark
 * stays in the text, so that the text's bytes are the file's bytes. Never blocks: a FIFO or a device is refused unread.
 */
export function readSource(path: string): Result<SourceFile, Diagnostic> {
  const read = readText(path, { maxBytes: MIB, kind: 'a YAML file', tooLarge: 'split it' });
  return read.ok ? ok({ file: path, text: read.value }) : err(aboutFile(path, read.error));
}

/** What is wrong with a file as a whole points at its beginning. */
export function aboutFile(file: string, problem: FileProblem): Diagnostic {
  const start = { line: 1, column: 1, offset: 0 };
  return { severity: 'error', ...problem, at: { file, start, end: start } };
}

export interface WantedText {
  /** Whole KiB. */
  readonly maxBytes: number;
  /** With its article, for hints. */
  readonly kind: string;
  /** What to do about a file that is larger. */
  readonly tooLarge: string;
}

/** The text of a file, with the promises of `readSource`. */
export function readText(path: string, wanted: WantedText): Result<string, FileProblem> {
  const bytes = readBytes(path, wanted, ({ mode }) =>
    (mode & 0o002) === 0
      ? undefined
      : { code: 'E_PERM', message: 'every user may write this file', hint: `chmod o-w ${path}` },
  );
  return bytes.ok ? decodeText(bytes.value) : bytes;
}

/** The bytes of a regular file that `refuse` lets pass; it sees the file that is open, which nobody can swap for another. */
export function readBytes(
  path: string,
  { maxBytes, kind, tooLarge }: WantedText,
  refuse: (stat: Stats) => FileProblem | undefined,
): Result<Buffer, FileProblem> {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    return err(unreadable(error, kind));
  }
  try {
    const stat = fstatSync(descriptor);
    if (stat.isDirectory()) return problem('E_NOTFILE', 'this is a directory', `give the path of ${kind}`);
    if (!stat.isFile()) return problem('E_NOTFILE', 'this is not a regular file', `give the path of ${kind}`);
    const refusal = refuse(stat);
    if (refusal !== undefined) return err(refusal);
    const bytes = readAtMost(descriptor, maxBytes + 1, stat.size);
    if (bytes.length > maxBytes) return problem('E_SIZE', `the file is larger than ${sizeOf(maxBytes)}`, tooLarge);
    return ok(bytes);
  } catch (error) {
    return err(unreadable(error, kind));
  } finally {
    closeSync(descriptor);
  }
}

function sizeOf(bytes: number): string {
  return bytes % MIB === 0 ? `${bytes / MIB} MiB` : `${bytes / 1024} KiB`;
}

/** `size`: what the file is said to have; it may have more by now, and some of the kernel's say nothing. */
function readAtMost(descriptor: number, limit: number, size: number): Buffer {
  let buffer = Buffer.alloc(Math.min(limit, size + 1024));
  let length = 0;
  while (length < limit) {
    if (length === buffer.length) buffer = Buffer.concat([buffer], Math.min(limit, 2 * length));
    const count = readSync(descriptor, buffer, length, buffer.length - length, null);
    if (count === 0) break;
    length += count;
  }
  return buffer.subarray(0, length);
}

/** UTF-8, strictly. A byte order mark stays. */
export function decodeText(bytes: Buffer): Result<string, FileProblem> {
  const mark = bytes.length >= 2 ? bytes.readUInt16BE(0) : 0;
  if (mark === 0xfeff || mark === 0xfffe) {
    return problem('E_ENCODING', 'the file is UTF-16, at byte offset 0', 'save it as UTF-8');
  }
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const invalid = invalidByte(text, bytes);
  if (invalid === undefined) return ok(text);
  return problem('E_ENCODING', `the file is not UTF-8, at byte offset ${invalid}`, 'save it as UTF-8');
}

/** The decoder puts U+FFFD where a byte is wrong; one that the file really holds has its own three bytes. */
function invalidByte(text: string, bytes: Buffer): number | undefined {
  let offset = 0;
  let last = 0;
  for (let at = text.indexOf('\uFFFD'); at >= 0; at = text.indexOf('\uFFFD', at + 1)) {
    offset += Buffer.byteLength(text.slice(last, at));
    last = at;
    if (bytes[offset] !== 0xef || bytes[offset + 1] !== 0xbf || bytes[offset + 2] !== 0xbd) return offset;
  }
  return undefined;
}

/** Why a file could not be opened or read. `kind`: what was wanted, with its article. */
export function unreadable(error: unknown, kind: string): FileProblem {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const hint = `give the path of ${kind}`;
  if (code === 'ENOENT') return { code: 'E_READ', message: 'there is no such file', hint: 'check the path' };
  if (code === 'EISDIR') return { code: 'E_NOTFILE', message: 'this is a directory', hint };
  if (code === 'ENXIO') return { code: 'E_NOTFILE', message: 'this is not a regular file', hint };
  const why = error instanceof Error ? error.message : 'unknown error';
  return { code: 'E_READ', message: `the file cannot be read: ${why}`, hint: 'check the path and its permissions' };
}

function problem(code: string, message: string, hint: string): Result<never, FileProblem> {
  return err({ code, message, hint });
}
