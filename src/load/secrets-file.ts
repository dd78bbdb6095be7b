import { SecretName } from '../model/scalar-literal.ts';
import type { Diagnostic, SourceFile } from '../model/source.ts';
import { Secret } from '../util/secret.ts';
import { Report } from './report.ts';
import { readDocument } from './yaml.ts';
import type { YamlEntry } from './yaml/node.ts';

export interface LoadedSecrets {
  /** By name. Absent when there is an error. */
  readonly secrets?: ReadonlyMap<string, Secret>;
  /** No part of a value is in them. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads a secrets file: one map of names to texts. JSON is YAML. */
export function loadSecretsFile(source: SourceFile): LoadedSecrets {
  const report = new Report(source);
  const root = readDocument(report);
  if (root !== undefined && root.kind !== 'map') {
    report.error('E_TYPE', root.at, 'a secrets file is a map', "write NAME: 'value', one a line");
  }
  const secrets = new Map<string, Secret>();
  for (const [name, entry] of root?.kind === 'map' ? root.entries : []) {
    const value = readEntry(name, entry, report);
    if (value !== undefined) secrets.set(name, new Secret(value));
  }
  const diagnostics = report.diagnostics.map(withoutValues);
  return report.failed ? { diagnostics } : { secrets, diagnostics };
}

function readEntry(name: string, { key, value }: YamlEntry, report: Report): string | undefined {
  if (!/^[A-Za-z_][A-Za-z0-9_./-]{0,127}$/.test(name)) {
    const hint = 'use letters, digits, _, ., / and -, and begin with a letter or _';
    return void report.error('E_NAME', key, 'no !secret NAME can ask for this name', hint);
  }
  const wrong = (code: string, message: string, hint: string) => void report.error(code, key, message, hint);
  if (value.kind !== 'scalar') return wrong('E_TYPE', `${name} must be a text`, "write NAME: 'value'");
  if (value.value instanceof SecretName)
    return wrong('E_TYPE', `${name} names another secret`, 'write the value itself');
  if (typeof value.value !== 'string') {
    const type = typeof value.value;
    return wrong('E_STRING', `YAML reads ${name} as a ${type}, and a secret is a text`, 'put the value in quotes');
  }
  const trouble = whyNoSecret(value.value);
  return trouble === undefined ? value.value : wrong('E_VALUE', `${name} ${trouble}`, 'write another value');
}

/** Why a text cannot be a secret, to be said after its name. */
export function whyNoSecret(text: string): string | undefined {
  if (text === '') return 'is empty';
  if (text.includes('\0')) return 'has a NUL byte, which no shell can hold';
  return text.isWellFormed() ? undefined : 'has half a character in it, which cannot be sent';
}

/** What the YAML reader says of them repeats nothing of the file. */
const HARMLESS = new Set([
  'E_DEPTH',
  'E_EMPTY',
  'E_ENCODING',
  'E_MERGE',
  'E_MULTIDOC',
  'E_NAME',
  'E_NULL',
  'E_SIZE',
  'E_STRING',
  'E_TYPE',
  'E_VALUE',
]);

type Words = Pick<Diagnostic, 'message' | 'hint'>;

const QUOTE = "put the value in single quotes, with every ' in it doubled";
const NO_TEXT: Words = { message: 'YAML reads this as a number or a boolean, and a secret is a text', hint: QUOTE };

const WORDS: Readonly<Record<string, Words>> = {
  E_ALIAS: { message: 'a value that begins with * must be quoted', hint: QUOTE },
  E_BIDI: {
    message: 'a character that turns the direction of text is written out here',
    hint: 'in double quotes it can be written as an escape such as \\u202e',
  },
  E_BOOL: NO_TEXT,
  E_CONTROL: {
    message: 'a control character is written out here',
    hint: 'in double quotes it can be written as an escape such as \\u0007',
  },
  E_DUPKEY: { message: 'this name is there twice', hint: 'remove one of them' },
  E_INT: NO_TEXT,
  E_INVISIBLE: {
    message: 'an invisible character is written out here',
    hint: 'in double quotes it can be written as an escape such as \\u200b',
  },
  E_KEY: { message: 'this is no name of a secret', hint: "write NAME: 'value', one a line" },
  E_NUMBER: NO_TEXT,
  E_TAG: { message: 'a value that begins with ! must be quoted', hint: QUOTE },
};
const NOT_YAML: Words = { message: 'this cannot be read as YAML', hint: QUOTE };

/** The YAML reader quotes what it could not read, and here that is mostly a secret. */
function withoutValues(diagnostic: Diagnostic): Diagnostic {
  const { code, severity, at } = diagnostic;
  return HARMLESS.has(code) ? diagnostic : { severity, code, at, ...(WORDS[code] ?? NOT_YAML) };
}
