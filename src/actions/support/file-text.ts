import { isUtf8 } from 'node:buffer';

/**
 * The text of a file of any encoding. What is not UTF-8 is read with one character for each byte, so that every byte that is not
 * edited survives; new text goes in as its UTF-8 bytes.
 */
export interface FileText {
  readonly text: string;
  readonly utf8: boolean;
  /** Text of a runbook as it is written into this file. */
  readonly encode: (text: string) => string;
  /** The bytes of an edited text. */
  readonly bytes: (text: string) => Buffer;
}

export function readFileText(bytes: Buffer): FileText {
  if (isUtf8(bytes)) {
    return {
      text: bytes.toString('utf8'),
      utf8: true,
      encode: (text) => text,
      bytes: (text) => Buffer.from(text, 'utf8'),
    };
  }
  return {
    text: bytes.toString('latin1'),
    utf8: false,
    encode: (text) => Buffer.from(text, 'utf8').toString('latin1'),
    bytes: (text) => Buffer.from(text, 'latin1'),
  };
}
