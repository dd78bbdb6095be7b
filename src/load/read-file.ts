import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { err, ok, type Result } from '../util/result.ts';
import type { Diagnostic, SourceFile } from '../model/source.ts';

const MAX_BYTES = 1024 * 1024;

/**
 * Reads a file that a person wrote: a regular file of at most 1 MiB in UTF-8, that not everybody may write. A byte order mark
 * stays in the text, so that the text's bytes are the file's bytes. Never blocks: a FIFO or a device is refused unread.
 */
export function readSource(path: string): Result<SourceFile, Diagnostic> {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    return unreadable(path, error);
  }
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) return problem(path, 'E_NOTFILE', 'this is not a regular file', 'give the path of a YAML file');
    if ((stat.mode & 0o002) !== 0) {
      return problem(path, 'E_PERM', 'every user may write this file', `chmod o-w ${path}`);
    }
    const bytes = readAtMost(descriptor, MAX_BYTES + 1);
    if (bytes.length > MAX_BYTES) return problem(path, 'E_SIZE', 'the file is larger than 1 MiB', 'split it');
    return decode(path, bytes);
  } catch (error) {
    return unreadable(path, error);
  } finally {
    closeSync(descriptor);
  }
}

function readAtMost(descriptor: number, limit: number): Buffer {
  const buffer = Buffer.alloc(limit);
  let length = 0;
  while (length < limit) {
    const count = readSync(descriptor, buffer, length, limit - length, null);
    if (count === 0) break;
    length += count;
  }
  return buffer.subarray(0, length);
}

function decode(path: string, bytes: Buffer): Result<SourceFile, Diagnostic> {
  const mark = bytes.length >= 2 ? bytes.readUInt16BE(0) : 0;
  if (mark === 0xfeff || mark === 0xfffe) {
    return problem(path, 'E_ENCODING', 'the file is UTF-16, at byte offset 0', 'save it as UTF-8');
  }
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const invalid = invalidByte(text, bytes);
  if (invalid === undefined) return ok({ file: path, text });
  return problem(path, 'E_ENCODING', `the file is not UTF-8, at byte offset ${invalid}`, 'save it as UTF-8');
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

function unreadable(path: string, error: unknown): Result<never, Diagnostic> {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT') return problem(path, 'E_READ', 'there is no such file', 'check the path');
  if (code === 'EISDIR') return problem(path, 'E_NOTFILE', 'this is a directory', 'give the path of a YAML file');
  if (code === 'ENXIO') return problem(path, 'E_NOTFILE', 'this is not a regular file', 'give the path of a YAML file');
  const why = error instanceof Error ? error.message : 'unknown error';
  return problem(path, 'E_READ', `the file cannot be read: ${why}`, 'check the path and its permissions');
}

function problem(file: string, code: string, message: string, hint: string): Result<never, Diagnostic> {
  const start = { line: 1, column: 1, offset: 0 };
  return err({ severity: 'error', code, message, hint, at: { file, start, end: start } });
}
