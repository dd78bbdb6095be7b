import { matchesGlob } from '../../util/glob.ts';
import { configLines, wordsOf, type ConfigLine } from './config-line.ts';
import type { Question } from './question.ts';

/**
 * Which destinations surely get the same answer but for their own name and words: those with the same text. `undefined`: this one
 * must be asked itself.
 */
export type Likeness = (question: Question) => string | undefined;

/** The files are all that `ssh` reads. A `Match`, or a file that can't be surely understood, lets nobody be alike. */
export function likenessBy(files: readonly string[]): Likeness {
  const hostLines: (readonly string[])[] = [];
  const personal: (readonly string[])[] = [];
  for (const file of files) {
    let section: readonly string[] = EVERYONE;
    for (const line of configLines(file)) {
      if (line.keyword === 'host' || line.keyword === 'match') {
        const patterns = patternsOf(line);
        if (patterns === undefined) return nobody;
        section = patterns;
        hostLines.push(patterns);
      } else if (!isPlain(line)) return nobody;
      else if (dependsOnName(line.keyword, line.text)) personal.push(section);
    }
  }
  return (question) => {
    const { destination, options } = question;
    if (!isPlainName(destination) || options.some(optionDependsOnName)) return undefined;
    if (personal.some((patterns) => matchesHost(patterns, destination))) return undefined;
    return hostLines.map((patterns) => (matchesHost(patterns, destination) ? 1 : 0)).join('');
  };
}

/** As a `Host` line: any of the patterns, and none of the negated ones. */
export function matchesHost(patterns: readonly string[], name: string): boolean {
  if (patterns.some((pattern) => pattern.startsWith('!') && matchesGlob(pattern.slice(1), name))) return false;
  return patterns.some((pattern) => matchesGlob(pattern, name));
}

/**
 * The address that `ssh` answers for a destination without a HostName. `undefined`: it may be an address in a form of its own,
 * which `ssh` rewrites.
 */
export function plainAddress(destination: string): string | undefined {
  return isPlainName(destination) ? destination.toLowerCase() : undefined;
}

const EVERYONE: readonly string[] = ['*'];

const nobody: Likeness = () => undefined;

function patternsOf({ keyword, text }: ConfigLine): readonly string[] | undefined {
  if (keyword === 'match') return /^all$/i.test(text) ? EVERYONE : undefined;
  const words = /["'\\#]/.test(text) ? undefined : wordsOf(text);
  return words === undefined || words.length === 0 ? undefined : words;
}

/** What else may change with the host: other files, other names. */
function isPlain({ keyword, text }: ConfigLine): boolean {
  if (keyword === 'include') return !/[%$]/.test(text);
  return !keyword.startsWith('canonical') || /^"?(no|none)"?$/i.test(text);
}

/** These are printed as they are written, or say nothing to us. */
const UNEXPANDED = new Set([
  ...['certificatefile', 'controlpath', 'identityagent', 'identityfile', 'knownhostscommand', 'localcommand'],
  ...['proxycommand', 'proxyjump', 'remotecommand'],
]);

const dependsOnName = (keyword: string, text: string): boolean =>
  keyword === 'hostname' || (text.includes('%') && !UNEXPANDED.has(keyword));

function optionDependsOnName(option: string): boolean {
  const [line] = configLines(option);
  return line === undefined || !isPlain(line) || dependsOnName(line.keyword, line.text);
}

/** A name or four plain numbers: `10.1` and `010.0.0.1` are addresses too, in another form. */
function isPlainName(destination: string): boolean {
  if (/^(?:(?:[1-9]?\d|1\d\d|2[0-4]\d|25[0-5])(?:\.(?!$)|$)){4}$/.test(destination)) return true;
  return /^[A-Za-z0-9_.-]+$/.test(destination) && /^[A-Za-z_-]/.test(destination.split('.').at(-1) ?? '');
}
