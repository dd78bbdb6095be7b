import { activeLines, type Conditions } from './apache-lines.ts';
import { compareReading } from './apache-includes.ts';

/** A configuration file with its content; `at` as in `IncludedFile`. */
export interface ConfigFile {
  readonly path: string;
  readonly text: string;
  readonly at: readonly number[];
}

/** A `Mutex`, `AcceptMutex` or `LockFile` in force. */
export interface MutexLine {
  readonly path: string;
  /** Its physical lines, from 0: more than one when they end in a backslash. */
  readonly first: number;
  readonly last: number;
  /** In lower case. */
  readonly name: 'mutex' | 'acceptmutex' | 'lockfile';
  /** The mutexes that a `Mutex` is about, in lower case. */
  readonly types: readonly string[];
}

/** Those of all files, in the order in which Apache reads them: of two for the same mutex the last one counts. */
export function mutexLines(files: readonly ConfigFile[], conditions: Conditions): readonly MutexLine[] {
  return files
    .flatMap((file) => linesOf(file, conditions))
    .toSorted((a, b) => compareReading(a.at, b.at))
    .map(({ line }) => line);
}

/** The one that decides about a mutex: `default`, `mpm-accept`. */
export function decidingLine(lines: readonly MutexLine[], type: string): MutexLine | undefined {
  return lines.findLast(({ name, types }) => name === 'mutex' && types.includes(type));
}

interface Joined {
  readonly first: number;
  readonly last: number;
  readonly text: string;
}

function linesOf(
  { path, text, at }: ConfigFile,
  conditions: Conditions,
): readonly { readonly line: MutexLine; readonly at: readonly number[] }[] {
  const joined = joinLines(text);
  const found: { line: MutexLine; at: readonly number[] }[] = [];
  const active = activeLines(
    joined.map((line) => line.text),
    conditions,
  );
  for (const { index, name, words } of active) {
    const place = joined[index];
    if (place === undefined || (name !== 'mutex' && name !== 'acceptmutex' && name !== 'lockfile')) continue;
    const line = { path, first: place.first, last: place.last, name, types: typesOf(words) } as const;
    found.push({ line, at: [...at, place.first + 1] });
  }
  return found;
}

function typesOf(words: readonly string[]): readonly string[] {
  const [, ...names] = words.join(' ').match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? [];
  const types = names.map((name) => name.replaceAll('"', '').toLowerCase()).filter((name) => name !== 'omitpid');
  return types.length === 0 ? ['default'] : types;
}

function joinLines(text: string): readonly Joined[] {
  const joined: Joined[] = [];
  let open: Joined | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    const goesOn = /\\\r?$/.test(line);
    const content = (open?.text ?? '') + line.replace(/\\?\r?$/, '');
    open = { first: open?.first ?? index, last: index, text: content };
    if (goesOn) continue;
    joined.push(open);
    open = undefined;
  }
  return open === undefined ? joined : [...joined, open];
}
