import type { Range } from './find-words.ts';

/** What is given to these is a secret, wherever it stands: `DB_PASSWORD=...`, `"apiToken": "..."`, `secret_key = ...`. */
const NAME = String.raw`(?:password|passwd|passphrase|passwort|secret|token|api[_-]?key|access[_-]?key|secret[_-]?key|private[_-]?key|credentials?|(?<![A-Za-z])pass)`;
/** A quoted value with its escapes, or what stands up to the next white space or separator. */
const VALUE = String.raw`(?:\\"((?:(?!\\")[^\n])*)\\"|"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)'|([^\s"',;&<>|)\]}\\][^\s"',;&<>|)\]}]*))`;
const GIVEN = new RegExp(String.raw`${NAME}\\?["']?\s{0,4}(?:=>?|:(?!//))[ \t]{0,4}${VALUE}`, 'dgi');
const IN_ELEMENT = new RegExp(String.raw`<[\w.:-]*${NAME}>([^<]+)</`, 'dgi');
const IN_NETRC = /\blogin\s+\S+\s+password\s+(\S+)/dg;
const PRIVATE_KEY = /-----BEGIN ([A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?)-----([\s\S]*?)(?:-----END \1-----|$)/dg;
/** What `tail` or a line by line search leaves of one. */
const END_OF_KEY =
  /-----END [A-Z0-9 ]*PRIVATE KEY(?<=((?:^[ \t]*[A-Za-z0-9+/=]{16,}\r?\n)+)[ \t]*-----END [A-Z0-9 ]*PRIVATE KEY)/dgm;
const PUTTY_KEY = /^Private-Lines: \d+\r?\n([A-Za-z0-9+/=\r\n]+?)\r?\n(?:Private-MAC|$)/dgm;
const IN_URL = /[a-z][a-z0-9+.-]{0,40}:\/\/[^\s/:@"']*:([^\s/@"']+)@/dgi;
const AUTHORIZATION = /\b(?:bearer|basic)\s+([A-Za-z0-9._~+/=-]{8,})/dgi;
/** Tokens that say by their beginning what they are. */
const KNOWN_TOKENS =
  /\b((?:gh[pousr]_|github_pat_|glpat-|xox[abprs]-|AKIA|ASIA|sk_live_|rk_live_|AIza|AGE-SECRET-KEY-1|hvs\.|eyJ[A-Za-z0-9_-]{8,}\.eyJ)[A-Za-z0-9._-]{8,})/dg;
/** The hash of a password in shadow(5), and in files of Apache. */
const CRYPT = /(\$(?:1|apr1|2[abxy]|5|6|7|y|gy)\$[A-Za-z0-9./$=,-]{12,})/dg;

/** Pure: where something stands that looks like a secret. Only the value, not what names it. */
export function looksSecret(text: string): readonly Range[] {
  return [GIVEN, IN_ELEMENT, IN_NETRC, IN_URL, AUTHORIZATION, KNOWN_TOKENS, CRYPT, END_OF_KEY, PUTTY_KEY]
    .flatMap((pattern) => groupsOf(pattern, text, 1))
    .concat(groupsOf(PRIVATE_KEY, text, 2));
}

function groupsOf(pattern: RegExp, text: string, first: number): readonly Range[] {
  return [...text.matchAll(pattern)].flatMap(({ indices = [] }) =>
    indices.slice(first).flatMap((group) => (group === undefined ? [] : [{ start: group[0], end: group[1] }])),
  );
}
