import { DecodedBytes, type Decoded } from './decoded.ts';

/** Undefined when nothing in it is written in that way. */
export type Decoder = (bytes: Buffer) => Decoded | undefined;

interface Escapes {
  /** What each begins with. */
  readonly lead: string;
  readonly pattern: RegExp;
  /** Undefined: it means nothing, and stays as it is. */
  readonly meaning: (groups: Readonly<Record<string, string | undefined>>) => Buffer | undefined;
}

/** As C, JSON, YAML, Python, Perl and shells write signs: `\n`, `\"`, `\x2b`, `\053`, `\u00fc`, `\U0001f600`, `\u{1f600}`. */
export const readBackslashes = decoderOf({
  lead: '\\',
  pattern:
    /\\(?:u(?<high>[Dd][89ABab][\dA-Fa-f]{2})\\u(?<low>[Dd][C-Fc-f][\dA-Fa-f]{2})|u(?<short>[\dA-Fa-f]{4})|U(?<long>[\dA-Fa-f]{8})|[ux]\{(?<braced>[\dA-Fa-f]{1,6})\}|x(?<byte>[\dA-Fa-f]{1,2})|(?<octal>[0-7]{1,3})|(?<sign>[^]))/y,
  meaning: ({ high, low, short, long, braced, byte, octal, sign = '' }) => {
    if (high !== undefined && low !== undefined) return utf8(pairOf(hex(high), hex(low)));
    const code = short ?? long ?? braced;
    if (code !== undefined) return utf8(hex(code));
    if (byte !== undefined) return Buffer.of(hex(byte));
    if (octal !== undefined) return Buffer.of(Number.parseInt(octal, 8));
    return Buffer.from(CONTROL[sign] ?? sign, 'latin1');
  },
});

/** As URLs write bytes, and JavaScript's `escape` what is none. */
export const readPercents = decoderOf({
  lead: '%',
  pattern: /%(?:(?<byte>[\dA-Fa-f]{2})|u(?<code>[\dA-Fa-f]{4}))/y,
  meaning: ({ byte, code = '' }) => (byte === undefined ? utf8(hex(code)) : Buffer.of(hex(byte))),
});

/** As XML and HTML write signs. */
export const readEntities = decoderOf({
  lead: '&',
  pattern: /&(?:#(?<decimal>\d{1,7})|#[xX](?<digits>[\dA-Fa-f]{1,6})|(?<name>amp|lt|gt|quot|apos));/y,
  meaning: ({ decimal, digits, name = '' }) => {
    if (decimal !== undefined) return utf8(Number(decimal));
    if (digits !== undefined) return utf8(hex(digits));
    return Buffer.from(ENTITIES[name] ?? '');
  },
});

/** As mails write bytes, with lines broken after `=`. */
export const readQuotedPrintable = decoderOf({
  lead: '=',
  pattern: /=(?:(?<byte>[\dA-Fa-f]{2})|\r?\n)/y,
  meaning: ({ byte = '' }) => Buffer.from(byte, 'hex'),
});

const CONTROL: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  e: '\x1b',
  E: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const hex = (digits: string): number => Number.parseInt(digits, 16);

const pairOf = (high: number, low: number): number => (high - 0xd800) * 0x400 + (low - 0xdc00) + 0x10000;

const utf8 = (code: number): Buffer | undefined =>
  code > 0x10ffff ? undefined : Buffer.from(String.fromCodePoint(code));

function decoderOf({ lead, pattern, meaning }: Escapes): Decoder {
  return (bytes) => {
    let at = bytes.indexOf(lead);
    if (at < 0) return undefined;
    const text = bytes.toString('latin1');
    const read = new DecodedBytes(bytes.length);
    let done = 0;
    for (; at >= 0; at = text.indexOf(lead, Math.max(done, at + 1))) {
      pattern.lastIndex = at;
      const found = pattern.exec(text);
      const meant = found === null ? undefined : meaning(found.groups ?? {});
      if (found === null || meant === undefined) continue;
      read.copy(bytes, done, at);
      done = at + found[0].length;
      for (const byte of meant) read.add(byte, at, done);
    }
    if (done === 0) return undefined;
    read.copy(bytes, done, bytes.length);
    return read.finish();
  };
}
