/** Forms of a shorter value would hit ordinary text. */
const SHORTEST_ENCODED = 4;
const SHORTEST_LINE = 8;

/** What of a value is looked for. */
export interface SecretForms {
  /** In every text, and in what is read of it by undoing escapes. */
  readonly words: readonly string[];
  /** In the same, and already as bytes: with each sign up to `ÿ` as one, as Python escapes what is no ASCII. */
  readonly bytes: readonly string[];
  /** Among hexadecimal digits. */
  readonly hex: readonly string[];
}

/**
 * How programs print a value: as it is, line by line, and encoded. What writes signs one by one, as JSON, URLs and shells do, is not
 * among them: there are too many ways, and it is undone instead.
 */
export function formsOf(value: string): SecretForms {
  if (value === '') return { words: [], bytes: [], hex: [] };
  const lines = value.split(/\r?\n/).filter((line) => line.length >= SHORTEST_LINE);
  const alike = [value.normalize('NFC'), value.normalize('NFD')];
  const plain = [...new Set([value, value.trimEnd(), value.trim(), ...alike, ...lines])].filter((form) => form !== '');
  if (value.length < SHORTEST_ENCODED) return { words: plain, bytes: [], hex: [] };
  return {
    words: [...new Set([...plain, ...plain.flatMap(encodingsOf)])],
    bytes: plain.filter((form) => /[\x80-\xff]/.test(form)).map(inFewBytes),
    hex: plain.map((form) => Buffer.from(form).toString('hex')),
  };
}

/** Each character is a byte of the UTF-8 of the form. */
export const bytesOf = (form: string): string => Buffer.from(form).toString('latin1');

const inFewBytes = (form: string): string =>
  Array.from(form, (sign) => (sign <= '\xff' ? sign : bytesOf(sign))).join('');

function encodingsOf(value: string): readonly string[] {
  const base64 = base64Forms(value);
  return [
    ...base64,
    ...base64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_')),
    value.replaceAll(' ', '+'),
    // Too short for a search without quotes, these are looked for as they are.
    value.replaceAll("'", `'\\''`),
    value.replaceAll("'", `'"'"'`),
    value.replaceAll("'", `''`),
    [...Buffer.from(value)].join(','),
  ];
}

/** Whole, and as it looks inside a longer text such as `user:password`, where it begins at any of three offsets. */
function base64Forms(value: string): readonly string[] {
  const bytes = Buffer.from(value);
  const inside = [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replaceAll('=', '');
    const first = Math.ceil((offset * 8) / 6);
    const last = Math.floor(((offset + bytes.length) * 8) / 6);
    return encoded.slice(first, last);
  });
  const whole = bytes.toString('base64');
  return [whole, whole.replaceAll('=', ''), ...inside].filter((form) => form.length >= SHORTEST_ENCODED);
}
