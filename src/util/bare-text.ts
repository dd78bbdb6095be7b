import { DecodedBytes, type Decoded } from './decoded.ts';

/** What breaks a value into lines or columns. */
const SPACE = setOf(' \t\r\n');
/** And what quotes and escapes it, or is beside each character in UTF-16. */
const BESIDE = setOf(' \t\r\n"\'\\\0');
const ESCAPE = 0x1b;
/** The rest of a colour, as `grep --color` puts them around what it found. */
const COLOUR = /\s*\[[\d;\s]*[A-Za-z]/y;

/** The text without white space, quotes, backslashes and colours. */
export function bareText(bytes: Buffer): Decoded {
  return without(BESIDE, bytes);
}

/** The same of a word that is looked for in it. */
export function bareWord(word: string): string {
  return bareText(Buffer.from(word, 'latin1')).bytes.toString('latin1');
}

/** The text without white space and colours. */
export function unbrokenText(bytes: Buffer): Decoded {
  return without(SPACE, bytes);
}

function without(signs: Uint8Array, bytes: Buffer): Decoded {
  const bare = new DecodedBytes(bytes.length);
  const text = bytes.includes(ESCAPE) ? bytes.toString('latin1') : '';
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === ESCAPE) {
      COLOUR.lastIndex = at + 1;
      at += COLOUR.exec(text)?.[0].length ?? 0;
    } else if (signs[byte] === 0) bare.add(byte, at, at + 1);
  }
  return bare.finish();
}

function setOf(signs: string): Uint8Array {
  const set = new Uint8Array(256);
  for (const sign of signs) set[sign.charCodeAt(0)] = 1;
  return set;
}
