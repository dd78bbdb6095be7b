import { DecodedBytes, type Decoded } from './decoded.ts';

const MAY_BE_DIFFERENCE = /^[+<>-]/m;
const SIGNS = new Set(Buffer.from('+-<>'));
const LINE_BREAK = 0x0a;

/**
 * A text without what says at the beginning of a line that it was added or removed: that breaks what goes over several lines. Undefined
 * when no line begins so.
 */
export function undiffed(bytes: Buffer): Decoded | undefined {
  if (!MAY_BE_DIFFERENCE.test(bytes.toString('latin1'))) return undefined;
  const read = new DecodedBytes(bytes.length);
  for (const [at, byte] of bytes.entries()) {
    const isFirst = at === 0 || bytes[at - 1] === LINE_BREAK;
    if (!isFirst || !SIGNS.has(byte)) read.add(byte, at, at + 1);
  }
  return read.finish();
}
