import type { Range } from './find-words.ts';

/** What is given to these is a secret, wherever it stands: `DB_PASSWORD=...`, `"apiToken": "..."`, `secret_key = ...`. */
const NAME = String.raw`(?:password|passwd|passphrase|passwort|secret|token|api[_-]?key|access[_-]?key|secret[_-]?key|private[_-]?key|credentials?|(?<![A-Za-z])pass)`;
/** A quoted value with its escapes, or what stands up to the next white space or separator. */
const VALUE = String.raw`(?:"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)'|([^\s"',;&<>|)\]}]+))`;
const GIVEN = new RegExp(String.raw`${NAME}["']?\s{0,4}(?:=|:(?!//))[ \t]{0,4}${VALUE}`, 'dgi');
const PRIVATE_KEY = /-----BEGIN ([A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?)-----([\s\S]*?)(?:-----END \1-----|$)/dg;
const IN_URL = /[a-z][a-z0-9+.-]*:\/\/[^\s/:@"']*:([^\s/@"']+)@/dgi;
const AUTHORIZATION = /\b(?:bearer|basic)\s+([A-Za-z0-9._~+/=-]{8,})/dgi;
/** Tokens that say by their beginning what they are. */
const KNOWN_TOKENS =
  /\b((?:gh[pousr]_|github_pat_|glpat-|xox[abprs]-|AKIA|ASIA|sk_live_|rk_live_|AIza|AGE-SECRET-KEY-1|hvs\.|eyJ[A-Za-z0-9_-]{8,}\.eyJ)[A-Za-z0-9._-]{8,})/dg;
/** The hash of a password in shadow(5). */
const CRYPT = /(\$(?:1|2[abxy]|5|6|7|y|gy)\$[A-Za-z0-9./$=,-]{12,})/dg;

/** Pure: where something stands that looks like a secret. Only the value, not what names it. */
export function looksSecret(text: string): readonly Range[] {
  return [GIVEN, IN_URL, AUTHORIZATION, KNOWN_TOKENS, CRYPT]
    .flatMap((pattern) => groupsOf(pattern, text, 1))
    .concat(groupsOf(PRIVATE_KEY, text, 2));
}

function groupsOf(pattern: RegExp, text: string, first: number): readonly Range[] {
  return [...text.matchAll(pattern)].flatMap(({ indices = [] }) =>
    indices.slice(first).flatMap((group) => (group === undefined ? [] : [{ start: group[0], end: group[1] }])),
  );
}
