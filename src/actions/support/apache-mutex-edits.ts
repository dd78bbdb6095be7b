import { decidingLine, mutexLines, type ConfigFile, type MutexLine } from './apache-mutex-lines.ts';
import { withArgument, withLines } from './apache-mutex-text.ts';
import type { Conditions } from './apache-lines.ts';

/** What the configuration shall say. */
export interface MutexWish {
  /** First argument of `Mutex`, such as `file:${APACHE_LOCK_DIR}`. */
  readonly argument: string;
  /** Which mutexes are not as wanted; `mpm-accept` only where it has a line of its own. */
  readonly types: readonly ('default' | 'mpm-accept')[];
}

/** Of Apache 2.2, which has one mutex. */
export interface AcceptMutexWish {
  /** Argument of `AcceptMutex`. */
  readonly mechanism: string;
  /** Argument of `LockFile`, where there is none yet or another one is wanted. */
  readonly lockFile: string | undefined;
}

/** Where a line goes when none decides. */
export interface NewPlace {
  /** Its file: the one that is `enabled`, or which Apache reads by itself. */
  readonly path: string;
  /** A link to it that makes Apache read it. */
  readonly enabled?: string;
  /** The file is ours alone: all of it is written. Else the line goes to its end. */
  readonly ours: boolean;
}

export interface MutexEdit {
  readonly path: string;
  readonly text: string;
}

const HEAD = "# Written by runbook: what keeps Apache's processes from accepting one connection twice.";

/** Each file that must change, with its new text; the new place's last. */
export function mutexEdits(
  files: readonly ConfigFile[],
  conditions: Conditions,
  wish: MutexWish,
  place: NewPlace,
): readonly MutexEdit[] {
  const lines = mutexLines(files, conditions);
  const deciding = wish.types.map((type) => decidingLine(lines, type));
  const edits = edit(files, new Map(deciding.flatMap((line) => (line === undefined ? [] : [[line, wish.argument]]))));
  return wish.types.every((_, index) => deciding[index] !== undefined)
    ? edits
    : [...edits, addition(edits, files, place, [`Mutex ${wish.argument} default`])];
}

/** The same for Apache 2.2. */
export function acceptMutexEdits(
  files: readonly ConfigFile[],
  conditions: Conditions,
  { mechanism, lockFile }: AcceptMutexWish,
  place: NewPlace,
): readonly MutexEdit[] {
  const lines = mutexLines(files, conditions);
  const wanted = [
    { name: 'AcceptMutex', argument: mechanism, line: lines.findLast(({ name }) => name === 'acceptmutex') },
    { name: 'LockFile', argument: lockFile, line: lines.findLast(({ name }) => name === 'lockfile') },
  ].flatMap(({ name, argument, line }) => (argument === undefined ? [] : [{ name, argument, line }]));
  const edits = edit(
    files,
    new Map(wanted.flatMap(({ line, argument }) => (line === undefined ? [] : [[line, argument]]))),
  );
  const missing = wanted.filter(({ line }) => line === undefined).map(({ name, argument }) => `${name} ${argument}`);
  if (missing.length === 0) return edits;
  const added = addition(edits, files, place, missing);
  return [...edits.filter(({ path }) => path !== added.path), added];
}

function edit(files: readonly ConfigFile[], changes: ReadonlyMap<MutexLine, string>): readonly MutexEdit[] {
  const texts = new Map<string, string>();
  // From the end: a line that went on in the next one becomes a single line, and moves those after it.
  for (const [line, argument] of [...changes].toSorted(([a], [b]) => b.first - a.first)) {
    const text = texts.get(line.path) ?? files.find(({ path }) => path === line.path)?.text ?? '';
    texts.set(line.path, withArgument(text, line, argument));
  }
  return [...texts].map(([path, text]) => ({ path, text }));
}

function addition(
  edits: readonly MutexEdit[],
  files: readonly ConfigFile[],
  { path, ours }: NewPlace,
  lines: readonly string[],
): MutexEdit {
  if (ours) return { path, text: withLines('', [HEAD, ...lines]) };
  const before = edits.find((made) => made.path === path)?.text ?? files.find((file) => file.path === path)?.text ?? '';
  return { path, text: withLines(before, lines) };
}
