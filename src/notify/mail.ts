import type { Notification } from '../model/notification.ts';
import { sha256 } from '../util/sha256.ts';
import { inWords } from './told.ts';

/** Octets of a line, without its end: RFC 5322 allows 998. */
const LONGEST_LINE = 900;
/** Of an encoded word, RFC 2047: 75, and `=?utf-8?B?` and `?=` are of it. */
const LONGEST_WORD = 45;

/**
 * Pure: a mail in plain text for `sendmail -t -i`, which adds who sends it and when. Its Message-ID is that of the notification, so
 * that one which is sent twice can be told.
 */
export function mail(notification: Notification, address: string): string {
  const { title, lines, command } = inWords(notification);
  const body = [...lines, '', 'More:', `    ${command}`];
  return [
    `To: ${header(address)}`,
    `Subject: ${encodedWords(`runbook: ${title}`)}`,
    `Message-ID: <${sha256(notification.id).slice(0, 32)}@runbook.invalid>`,
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    ...body.flatMap((line) => pieces(line, LONGEST_LINE)),
    '',
  ].join('\n');
}

/** Nothing in a header begins another one. */
const header = (text: string): string => text.replaceAll(/[^\x20-\x7e]/g, '?');

/** As it is when it is short and of ASCII, else in encoded words, one on each line (RFC 2047). */
function encodedWords(text: string): string {
  if (/^[\x20-\x7e]{1,200}$/.test(text) && !text.includes('=?')) return text;
  return pieces(text, LONGEST_WORD)
    .map((piece) => `=?utf-8?B?${Buffer.from(piece).toString('base64')}?=`)
    .join('\n ');
}

/** Parts of at most so many octets, and no character is cut. */
function pieces(text: string, most: number): readonly string[] {
  const parts: string[] = [];
  let [part, octets] = ['', 0];
  for (const character of text.toWellFormed()) {
    const length = Buffer.byteLength(character);
    if (octets + length > most) {
      parts.push(part);
      [part, octets] = ['', 0];
    }
    part += character;
    octets += length;
  }
  return [...parts, part];
}
