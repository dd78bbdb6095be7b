import { DecodedBytes, type Decoded } from './decoded.ts';

/** Digits of four bytes. */
const WORTH_A_LOOK = /(?:[\dA-Fa-f](?:[\s:,-]|0x|\\x)*){8}/;
/** What may stand between the digits of two bytes, as in `73:65`, `0x73, 0x65` and `\x73\x65`. */
const BETWEEN = /(?:[\s:,-]|0x|\\x)+/y;
/** Where something is missing. */
const CUT = /\xe2\x80\xa6|\[\.\.\. \d+ bytes not kept \.\.\.\]/y;
const CUT_SIGN = Buffer.from('…');
const NO_DIGIT = 0x0a;

/** Its hexadecimal digits, in small letters, without what is between those of two bytes. Undefined when there are only few. */
export function hexDigits(bytes: Buffer): Decoded | undefined {
  const text = bytes.toString('latin1');
  if (!WORTH_A_LOOK.test(text)) return undefined;
  const digits = new DecodedBytes(bytes.length);
  for (let at = 0; at < bytes.length;) {
    const byte = bytes[at] ?? 0;
    const between = MAY_BE_BETWEEN[byte] === 1 ? lengthOf(BETWEEN, text, at) : 0;
    const cut = MAY_CUT[byte] === 1 ? lengthOf(CUT, text, at) : 0;
    const digit = DIGIT[byte] ?? 0;
    if (cut > 0) for (const sign of CUT_SIGN) digits.add(sign, at, at + cut);
    else if (between === 0) digits.add(digit === 0 ? NO_DIGIT : digit, at, at + 1);
    at += Math.max(1, between, cut);
  }
  return digits.finish();
}

function lengthOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0].length ?? 0;
}

/** By byte: the digit in small letters, or 0. */
const DIGIT = new Uint8Array(256);
for (const sign of '0123456789abcdefABCDEF') DIGIT[sign.charCodeAt(0)] = sign.toLowerCase().charCodeAt(0);
const MAY_BE_BETWEEN = setOf(' \t\r\n\f\v:,-0\\');
const MAY_CUT = setOf('\xe2[');

function setOf(signs: string): Uint8Array {
  const set = new Uint8Array(256);
  for (const sign of signs) set[sign.charCodeAt(0)] = 1;
  return set;
}
