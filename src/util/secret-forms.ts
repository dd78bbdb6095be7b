/** Forms of a shorter value would hit ordinary text. */
const SHORTEST_ENCODED = 4;
const SHORTEST_LINE = 8;

/** How programs print a value: as it is, line by line, encoded, and escaped or quoted in the ways of shells, URLs and JSON. */
export function formsOf(value: string): readonly string[] {
  if (value === '') return [];
  const lines = value.split(/\r?\n/).filter((line) => line.length >= SHORTEST_LINE);
  const plain = [value, value.trimEnd(), ...lines].filter((form) => form !== '');
  if (value.length < SHORTEST_ENCODED) return plain;
  return [...new Set([...plain, ...plain.flatMap(encodingsOf)])];
}

function encodingsOf(value: string): readonly string[] {
  const hex = Buffer.from(value).toString('hex');
  return [
    ...base64Forms(value),
    ...base64Forms(value).map((form) => form.replaceAll('+', '-').replaceAll('/', '_')),
    ...urlForms(value),
    ...jsonForms(value),
    value.replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign),
    value.replaceAll(/[&<>]/g, (sign) => ENTITIES[sign] ?? sign),
    value.replaceAll("'", `'\\''`),
    value.replaceAll("'", `'"'"'`),
    value.replaceAll(/(["$`\\])/g, '\\$1'),
    value.replaceAll(/([^A-Za-z0-9_\-.,:+/@\n])/g, '\\$1'),
    hex,
    hex.toUpperCase(),
    hex.replaceAll(/..(?!$)/g, '$&:'),
    hex.toUpperCase().replaceAll(/..(?!$)/g, '$&:'),
  ];
}

/** In XML and HTML. */
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** As it is, as PHP writes slashes, as Go writes signs of HTML, and as Python writes what is not ASCII. */
function jsonForms(value: string): readonly string[] {
  const json = JSON.stringify(value).slice(1, -1);
  const escape = (sign: string): string => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return [json, json.replaceAll('/', '\\/'), json.replaceAll(/[&<>]/g, escape), json.replaceAll(/[^ -~]/g, escape)];
}

function urlForms(value: string): readonly string[] {
  // A lone surrogate has no URL form.
  if (!value.isWellFormed()) return [];
  const encoded = encodeURIComponent(value);
  const strict = encoded.replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  const ofForm = new URLSearchParams({ value }).toString().slice('value='.length);
  return [encoded, strict, ofForm].flatMap((form) => [
    form,
    form.replaceAll('%20', '+'),
    form.replaceAll(/%../g, (hex) => hex.toLowerCase()),
  ]);
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
