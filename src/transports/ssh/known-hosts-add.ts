import { closeSync, constants, fstatSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { err, ok, type Result } from '../../util/result.ts';
import { typeOf } from './host-key-blob.ts';
import { hashName } from './known-hosts-hash.ts';

/**
 * Adds a key under these names, as `nameOf` makes them. One write at the end of the file, so that others, ssh among them, may
 * write at the same time. A last line that was not ended is. A new file is for its owner alone, and so is its folder. An error
 * says why not.
 */
export function addKnownHost(
  file: string,
  names: readonly string[],
  key: Buffer,
  isHashed: boolean,
): Result<void, string> {
  const unsafe = isHashed ? undefined : names.find((name) => !/^[^\s\0,*?!#@|][^\s\0,*?!]*$/.test(name));
  if (unsafe !== undefined) return err(`${JSON.stringify(unsafe)} would mean something else there`);
  const words = isHashed ? names.map((name) => hashName(Buffer.from(name, 'latin1'))) : [names.join(',')];
  const text = words.map((word) => `${word} ${typeOf(key)} ${key.toString('base64')}\n`).join('');
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const opened = openSync(file, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT, 0o600);
    try {
      writeSync(opened, Buffer.from(isEnded(opened) ? text : `\n${text}`, 'latin1'));
    } finally {
      closeSync(opened);
    }
    return ok(undefined);
  } catch (error) {
    return err((error as Error).message);
  }
}

function isEnded(file: number): boolean {
  const { size } = fstatSync(file);
  const last = Buffer.alloc(1);
  return size === 0 || (readSync(file, last, 0, 1, size - 1) === 1 && last[0] === 0x0a);
}
