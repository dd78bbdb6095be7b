import { letters } from './shapes.ts';
import type { Random } from '../support/random.ts';

/** A way in which programs print a value. */
export interface Printer {
  readonly print: (value: string, random: Random) => string;
  /** Promised for values with so many signs besides white space, quotes and backslashes. Default: 4. */
  readonly least?: number;
  /** Promised for these values only. */
  readonly when?: RegExp;
  /** So many signs at each end are not of the value alone. */
  readonly edge?: number;
}

const bytes = (value: string): readonly number[] => [...Buffer.from(value)];
const hex = (value: string): string => Buffer.from(value).toString('hex');
const escapedBy = (value: string, escape: (byte: number) => string): string => bytes(value).map(escape).join('');
const twoDigits = (byte: number): string => byte.toString(16).padStart(2, '0');
const json = (value: unknown): string => JSON.stringify(value);
const inAscii = (text: string): string =>
  text.replaceAll(/[^ -~]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
const inLines = (text: string, width: number, indent = ''): string =>
  text.replaceAll(new RegExp(`[^\\n]{${width}}`, 'gu'), `$&\n${indent}`);
const inUrl = (value: string): string => encodeURIComponent(value);
const entity = (sign: string, digits: string): string => `&#${digits};`.replace('&#;', sign);

const NAMED: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};
const C_SIGNS: Readonly<Record<string, string>> = {
  '\n': 'n',
  '\r': 'r',
  '\t': 't',
  '\x1b': 'e',
  '"': '"',
  '\\': '\\',
};

function dump(value: string, line: (at: number, digits: string, signs: string) => string): string {
  const all = Buffer.from(value);
  const lines = Array.from({ length: Math.ceil(all.length / 16) }, (_, index) => {
    const part = all.subarray(index * 16, index * 16 + 16);
    return line(index * 16, part.toString('hex'), part.toString('latin1').replaceAll(/[^ -~]/g, '.'));
  });
  return `\n${lines.join('\n')}\n`;
}

const offset = (at: number, digits: number, base = 16): string => at.toString(base).padStart(digits, '0');

export const PRINTERS: Readonly<Record<string, Printer>> = {
  'as it is': { print: (value) => value, least: 1 },
  'in its lines, indented': { print: (value) => value.replaceAll('\n', '\n      '), least: 8 },
  'in lines of some width': { print: (value, random) => inLines(value, random.between(1, 20), '  '), least: 8 },
  'without white space at its ends': { print: (value) => value.trim() },
  'with one space for all white space': { print: (value) => value.replaceAll(/\s+/g, ' '), least: 8 },
  'with lines of a terminal': { print: (value) => value.replaceAll(/\r?\n/g, '\r\n'), least: 8 },
  'between colours': {
    print: (value) => `${value.slice(0, 3)}\x1b[01;31m\x1b[K${value.slice(3, 7)}\x1b[m\x1b[K${value.slice(7)}`,
    least: 8,
  },
  composed: { print: (value) => value.normalize('NFC') },
  decomposed: { print: (value) => value.normalize('NFD') },

  'in single quotes of sh': { print: (value) => `'${value.replaceAll("'", `'\\''`)}'` },
  'in single quotes of dash': { print: (value) => `'${value.replaceAll("'", `'"'"'`)}'` },
  'in double quotes of sh': { print: (value) => `"${value.replaceAll(/["$`\\]/g, '\\$&')}"` },
  'by printf %q': {
    print: (value) => value.replaceAll(/[^A-Za-z0-9_\-.,:+/@\n\r\t\x01-\x1f\x7f-\uffff]/g, '\\$&'),
    least: 8,
  },
  "in $'...' of bash": {
    print: (value) =>
      `$'${escapedBy(value, (byte) => {
        const sign = String.fromCharCode(byte);
        if (sign === "'") return "\\'";
        const short = C_SIGNS[sign];
        if (short !== undefined && sign !== '"') return `\\${short}`;
        return byte < 32 || byte > 126 ? `\\${byte.toString(8).padStart(3, '0')}` : sign;
      })}'`,
  },

  'in JSON': { print: json },
  'in JSON of ASCII': { print: (value) => inAscii(json(value)) },
  'in JSON of Go': { print: (value) => json(value).replaceAll(/[&<>]/g, inAsciiOf) },
  'in JSON of PHP': { print: (value) => inAscii(json(value)).replaceAll('/', '\\/') },
  'in JSON, each sign in digits': { print: (value) => `"${value.replaceAll(/[^]/g, inAsciiOf)}"` },
  'in JSON, some signs in digits': {
    print: (value, random) =>
      value.replaceAll(/[^]/g, (sign) => (random.chance(40) ? inAsciiOf(sign) : json(sign).slice(1, -1))),
  },
  'in JSON in JSON': { print: (value) => json(json(value)), least: 8 },
  'in JSON in JSON of ASCII': { print: (value) => inAscii(json(inAscii(json(value)))), least: 8 },
  'in single quotes of YAML': { print: (value) => `'${value.replaceAll("'", "''")}'` },
  'in double quotes of YAML, folded': {
    print: (value) =>
      inLines(
        json(value).replaceAll(/\\./g, (escape) => escape),
        1000,
      ).replaceAll(' ', '\n    '),
    least: 8,
  },
  'in a block of YAML': { print: (value) => `|\n    ${value.replaceAll('\n', '\n    ')}`, least: 8 },
  'as Python writes bytes': {
    print: (value) =>
      `b'${escapedBy(value, (byte) => {
        const sign = String.fromCharCode(byte);
        if (sign === "'" || sign === '\\') return `\\${sign}`;
        if ('\n\r\t'.includes(sign)) return `\\${C_SIGNS[sign]}`;
        return byte < 32 || byte > 126 ? `\\x${twoDigits(byte)}` : sign;
      })}'`,
  },
  'as Python writes text in ASCII': {
    print: (value) =>
      `'${[...value]
        .map((sign) => {
          const code = sign.codePointAt(0) ?? 0;
          if (sign === "'" || sign === '\\') return `\\${sign}`;
          if ('\n\r\t'.includes(sign)) return `\\${C_SIGNS[sign]}`;
          if (code >= 32 && code < 127) return sign;
          if (code < 256) return `\\x${twoDigits(code)}`;
          return code < 65_536 ? `\\u${offset(code, 4)}` : `\\U${offset(code, 8)}`;
        })
        .join('')}'`,
  },
  'as C writes it': {
    print: (value) =>
      `"${escapedBy(value, (byte) => {
        const sign = String.fromCharCode(byte);
        if (C_SIGNS[sign] !== undefined) return `\\${C_SIGNS[sign]}`;
        return byte < 32 || byte > 126 ? `\\${byte.toString(8).padStart(3, '0')}` : sign;
      })}"`,
  },
  'as Perl writes it': {
    print: (value) =>
      `"${[...value]
        .map((sign) => {
          const code = sign.codePointAt(0) ?? 0;
          if ('"\\$@'.includes(sign)) return `\\${sign}`;
          return code < 32 || code > 126 ? `\\x{${code.toString(16)}}` : sign;
        })
        .join('')}"`,
  },
  'each byte as \\x': { print: (value) => escapedBy(value, (byte) => `\\x${twoDigits(byte)}`) },
  'each byte in octal digits': { print: (value) => escapedBy(value, (byte) => `\\${offset(byte, 3, 8)}`) },

  'in a URL': { print: inUrl },
  'in a URL, in small digits': { print: (value) => inUrl(value).replaceAll(/%../g, (digits) => digits.toLowerCase()) },
  'in a URL, strictly': {
    print: (value) => inUrl(value).replaceAll(/[!'()*]/g, (sign) => `%${twoDigits(sign.charCodeAt(0)).toUpperCase()}`),
  },
  'in a URL, some signs only': {
    print: (value, random) =>
      escapedBy(value, (byte) =>
        byte > 126 || byte < 33 || byte === 37 || random.chance(50) ? `%${twoDigits(byte)}` : String.fromCharCode(byte),
      ),
  },
  'in a URL in a URL': { print: (value) => inUrl(inUrl(value)), least: 8 },
  'in a form': { print: (value) => new URLSearchParams({ q: value }).toString().slice(2) },
  'in JSON in a URL': { print: (value) => inUrl(json(value)), least: 8 },

  'in XML': { print: (value) => value.replaceAll(/[&<>"']/g, (sign) => NAMED[sign] ?? sign) },
  'in HTML in decimal digits': {
    print: (value) => [...value].map((sign) => entity(sign, /\w/.test(sign) ? '' : `${sign.codePointAt(0)}`)).join(''),
  },
  'in HTML in hexadecimal digits': {
    print: (value) => [...value].map((sign) => `&#x${(sign.codePointAt(0) ?? 0).toString(16)};`).join(''),
  },
  'in quoted-printable': {
    print: (value) =>
      inLines(
        escapedBy(value, (byte) =>
          byte > 126 || byte < 32 || byte === 61 ? `=${twoDigits(byte).toUpperCase()}` : String.fromCharCode(byte),
        ).replaceAll(/(?:=..|[^=]){60}/g, '$&=\n'),
        1000,
      ),
    least: 8,
  },

  'in base64': { print: (value) => Buffer.from(value).toString('base64') },
  'in base64 for URLs': { print: (value) => Buffer.from(value).toString('base64url') },
  'in base64, with text around it': {
    print: (value, random) =>
      Buffer.from(`${letters(random, random.below(5))}:${value}:${letters(random, random.below(5))}`).toString(
        'base64',
      ),
    least: 12,
    edge: 11,
  },
  'in base64 for URLs, with text around it': {
    print: (value, random) => Buffer.from(`${letters(random, random.below(5))}:${value}\n`).toString('base64url'),
    least: 12,
    edge: 11,
  },
  'in base64 in lines': {
    print: (value, random) => inLines(Buffer.from(value).toString('base64'), random.pick([4, 19, 64, 76])),
    least: 8,
  },
  'in base64 in JSON in lines': {
    print: (value) => json(inLines(Buffer.from(value).toString('base64'), 64)),
    least: 8,
  },

  'in hex': { print: hex },
  'in hex in capitals': { print: (value) => hex(value).toUpperCase() },
  'in hex, spaced': { print: (value) => hex(value).replaceAll(/../g, '$& ') },
  'in hex with colons': {
    print: (value) =>
      hex(value)
        .toUpperCase()
        .replaceAll(/..(?=.)/g, '$&:'),
  },
  'in hex as C has it': {
    print: (value) =>
      bytes(value)
        .map((byte) => `0x${twoDigits(byte)}`)
        .join(', '),
  },
  'in hex in lines': { print: (value) => inLines(hex(value), 60) },
  'as xxd': {
    print: (value) =>
      dump(
        value,
        (at, digits, signs) => `${offset(at, 8)}: ${digits.replaceAll(/.{4}/g, '$& ').trim().padEnd(39)}  ${signs}`,
      ),
  },
  'as hexdump -C': {
    print: (value) =>
      dump(
        value,
        (at, digits, signs) =>
          `${offset(at, 8)}  ${digits
            .replaceAll(/../g, '$& ')
            .replace(/^(.{24})/, '$1 ')
            .padEnd(50)} |${signs}|`,
      ),
  },
  'as od -t x1': {
    print: (value) => dump(value, (at, digits) => `${offset(at, 7, 8)} ${digits.replaceAll(/..(?=.)/g, '$& ')}`),
  },
  'as od -t x1z': {
    print: (value) =>
      dump(
        value,
        (at, digits, signs) => `${offset(at, 6)} ${digits.replaceAll(/..(?=.)/g, '$& ').padEnd(47)}  >${signs}<`,
      ),
  },
  'as od -c': {
    print: (value) =>
      dump(value, (at) => {
        const part = [...Buffer.from(value).subarray(at, at + 16)].map((byte) => {
          const sign = String.fromCharCode(byte);
          if ('\n\r\t'.includes(sign)) return `  \\${C_SIGNS[sign]}`;
          return byte < 32 || byte > 126 ? ` ${offset(byte, 3, 8)}` : `   ${sign}`;
        });
        return `${offset(at, 7, 8)}${part.join('')}`;
      }),
    least: 8,
    when: /^[ -~]+$/,
  },
  'as a list of bytes': { print: (value) => json([...Buffer.from(value)]) },
  'in UTF-16': { print: (value) => Buffer.from(value, 'utf16le').toString('latin1'), least: 8, when: /^[ -~\n]+$/ },
};

function inAsciiOf(sign: string): string {
  return `\\u${offset(sign.charCodeAt(0), 4)}`;
}
