/**
 * A host as an inventory names it, split as Ansible splits it (`parse_address`): `web01:2222`, `[2001:db8::1]:22`, ranges
 * included. What Ansible takes for neither an address nor a host name has no port, and stays whole.
 */
export function splitHostPort(text: string): { readonly host: string; readonly port?: number } {
  const bracketed = /^\[(.+)\]:(\d+)$/.exec(text);
  // Both are tried, one on what the other left, as there.
  const bare = /^((?:[^:[\]]|\[[^\]]*\])*):(\d+)$/.exec(bracketed?.[1] ?? text);
  const [, host = text, port] = bare ?? bracketed ?? [];
  if (!ADDRESSES.some((address) => address.test(host))) return { host: text };
  return port === undefined ? { host } : { host, port: Number(port) };
}

const NUMBERS = String.raw`\[\d+:\d+(?::\d+)?\]`;
const HEX_NUMBERS = String.raw`\[[0-9a-f]+:[0-9a-f]+(?::\d+)?\]`;
const LETTERS_OR_NUMBERS = String.raw`\[(?:[a-z]:[a-z]|\d+:\d+)(?::\d+)?\]`;

const BYTE = String.raw`(?:[01]?\d{1,2}|2[0-4]\d|25[0-5]|${NUMBERS})`;
const IPV4 = String.raw`(?:${BYTE}\.){3}${BYTE}`;

const X = `(?:[0-9a-f]{1,4}|${HEX_NUMBERS})`;
const IPV6 = [
  `(?:${X}:){7}${X}`,
  `(?:${X}:){1,6}:`,
  ...[6, 5, 4, 3, 2].map((most, index) => `(?:${X}:){${index + 1}}(?::${X}){1,${most}}`),
  `(?:${X}:){6}(?::${X})`,
  `:(?::${X}){1,6}`,
  `${X}?::`,
  String.raw`(?:0:){6}(?:${X}\.){3}${X}`,
  String.raw`::(?:ffff:)?(?:${X}\.){3}${X}`,
  String.raw`(?:0:){5}ffff:(?:${X}\.){3}${X}`,
];

const WORD = String.raw`[\p{L}\p{N}_]`;
const LABEL = `(?:${WORD}|${LETTERS_OR_NUMBERS})(?:${WORD}|-|${LETTERS_OR_NUMBERS})*(?<![_-])`;
const NAME = String.raw`${LABEL}(?:\.${LABEL})*`;

// Only the beginning of an IPv6 address is looked at, as there.
const ADDRESSES = [`^${IPV4}$`, `^(?:${IPV6.join('|')}$)`, `^${NAME}$`].map((pattern) => new RegExp(pattern, 'iu'));
