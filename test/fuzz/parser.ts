import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Diagnostic } from '../../src/model/source.ts';
import type { Result } from '../../src/util/result.ts';

/** Something that reads texts which others wrote: people, hosts, programs. */
export interface Parser {
  readonly name: string;
  /** Texts that it takes; others are made of them. */
  readonly corpus: readonly string[];
  /** Pieces of its language. */
  readonly words: readonly string[];
  /** Each character is one byte. */
  readonly binary?: true;
  /** What is read at most, in characters; else 1 MiB. */
  readonly cap?: number;
  /** Fails where what it makes of the text is not as promised. What it returns is the same for the same text. */
  check(text: string): unknown;
}

export const MIB = 1024 * 1024;
const ROOT = join(import.meta.dirname, '../..');

/** Texts of the repository's own files, none longer than so many characters. */
export function repositoryTexts(pattern: string, longest = 30_000): readonly string[] {
  const texts = globSync(pattern, { cwd: ROOT })
    .toSorted()
    .map((path) => readFileSync(join(ROOT, path), 'utf8'))
    .filter((text) => text.length <= longest);
  assert.ok(texts.length > 0, `nothing is at ${pattern}`);
  return texts;
}

export function repositoryText(path: string): string {
  assert.ok(existsSync(join(ROOT, path)), path);
  return readFileSync(join(ROOT, path), 'utf8');
}

/** Each says what is wrong, with a code, and with a place inside of the text. */
export function assertPlaced(diagnostics: readonly Diagnostic[], text: string): void {
  const lines = text.split(/\r\n|\r|\n/);
  for (const { code, message, at } of diagnostics) {
    assert.match(code, /^[EW]_[A-Z0-9_]+$/);
    assert.notEqual(code, 'E_STRUCTURE', message);
    assert.notEqual(message.trim(), '');
    for (const { line, column } of [at.start, at.end]) {
      assert.ok(line >= 1 && line <= lines.length, `line ${line} of ${lines.length}: ${message}`);
      assert.ok(column >= 1 && column <= (lines[line - 1]?.length ?? 0) + 2, `column ${column}: ${message}`);
    }
    assert.ok(at.start.offset <= at.end.offset && at.end.offset <= text.length, message);
  }
}

/** There is a value, or at least one error. */
export function assertLoaded(value: unknown, diagnostics: readonly Diagnostic[], text: string): void {
  assertPlaced(diagnostics, text);
  const isRefused = diagnostics.some(({ severity }) => severity === 'error');
  assert.equal(value === undefined, isRefused, 'either a value or an error');
}

/** An error of a person's words: a text, or an object with a message. */
export function assertResult(result: Result<unknown, unknown>): void {
  if (result.ok) return;
  const { error } = result;
  const message = typeof error === 'string' ? error : (error as { readonly message?: unknown }).message;
  assert.ok(typeof message === 'string' && message.trim() !== '', 'an error says what is wrong');
}

export const YAML_WORDS: readonly string[] = [
  ...['\n', '  ', '\t', ': ', '- ', '? ', ', ', '[', ']', '{', '}', '#', ' #', '|\n', '>-\n', '&a ', '*a', '<<: *a'],
  ...['!', '!secret ', '!vault |', '!!binary ', '---\n', '...\n', '%YAML 1.2\n', '"', "'", '\\', '\\u', '\r', '\r\n'],
  ...['null', '~', 'true', 'yes', '0777', '0x', '1e999', '9007199254740993', '.inf', '.nan', '1:30', '2026-01-01'],
  ...['__proto__', 'constructor', '\uFEFF', '\0', '\u0007', '\u001b', '\u0085', '\u2028', '\u202e', '\u200b', '\ud800'],
];
