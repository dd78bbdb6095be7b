/**
 * Text from a host, a file or a person, made safe for a terminal: control characters (C0, DEL, C1), bidi controls, zero-width
 * and other invisible format characters and lone surrogates are shown as `\x1b` or `\u202e`; line breaks and tabs are kept.
 */
export function printable(text: string): string {
  return text.replace(UNSAFE, escape);
}

/** As `printable`, on one line: line breaks and tabs become one space. */
export function printableLine(text: string): string {
  return printable(text.replace(/[\r\n\t]+/g, ' ')).trimEnd();
}

/** Columns a terminal uses for the text: wide characters count as two, combining marks as none. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += widthOfCharacter(character);
  return width;
}

/** Cuts to so many columns, the last one `…` when something is missing. What is cut off is not looked at, however long it is. */
export function cutToWidth(text: string, columns: number): string {
  let used = 0;
  let kept = 0;
  let at = 0;
  for (const character of text) {
    used += widthOfCharacter(character);
    if (used > columns) return columns > 0 ? `${text.slice(0, kept)}…` : '';
    at += character.length;
    if (used < columns) kept = at;
  }
  return text;
}

const UNSAFE = /(?![\n\t])\p{Cc}|[\p{Cf}\p{Zl}\p{Zp}]|\p{Surrogate}/gu;
const WIDE =
  /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u;
const COMBINING = /\p{Mark}/u;

function widthOfCharacter(character: string): number {
  return WIDE.test(character) ? 2 : COMBINING.test(character) ? 0 : 1;
}

function escape(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${code.toString(16).padStart(4, '0')}` : `\\u{${code.toString(16)}}`;
}
