import type { ErrorObject } from 'ajv';
import { latinOf, suggest } from '../util/suggest.ts';
import { shorten } from '../util/shorten.ts';
import type { Report } from './report.ts';
import { headOf, nodeAt, type YamlNode } from './yaml/node.ts';

/** What a kind of file calls itself and its keys. */
export interface SchemaWords {
  /** With its article. */
  readonly file: string;
  /** Of a key that does not exist; `home`: where it belongs. `known`: the keys that do exist there. */
  unknownKey(
    key: string,
    known: readonly string[],
  ): { readonly what: string; readonly choices: string; readonly home?: string };
  /** What to write where a key is missing. */
  needs?(key: string): string | undefined;
}

/** Reports what a schema found wrong, each at its place: what follows from something that was refused before is left out. */
export function reportSchemaErrors(
  all: readonly ErrorObject[],
  root: YamlNode,
  words: SchemaWords,
  report: Report,
): void {
  const errors = all.filter((error) => !isThereRefused(error, root));
  if (errors.length === 0) return;
  const misspelt = new Map<string, Set<string>>();
  for (const error of errors)
    if (error.keyword === 'additionalProperties') reportUnknownKey(error, root, misspelt, words, report);
  for (const error of errors) reportError(error, root, misspelt, words, report);
  if (!report.failed)
    report.error('E_STRUCTURE', headOf(root), `${words.file} is not valid: ${errors[0]?.message ?? 'unknown reason'}`);
}

/** What seems to be missing is there, with a value that has been reported. */
function isThereRefused({ keyword, params, instancePath }: ErrorObject, root: YamlNode): boolean {
  const node = nodeAt(root, instancePath);
  if (node?.kind !== 'map') return false;
  if (keyword === 'minProperties') return node.refused.size > 0;
  const missing = (params as { readonly missingProperty?: unknown }).missingProperty;
  return keyword === 'required' && node.refused.has(String(missing));
}

function reportUnknownKey(
  error: ErrorObject,
  root: YamlNode,
  misspelt: Map<string, Set<string>>,
  words: SchemaWords,
  report: Report,
): void {
  const key = String((error.params as { readonly additionalProperty?: unknown }).additionalProperty);
  const parent = nodeAt(root, error.instancePath);
  const span = (parent?.kind === 'map' ? parent.entries.get(key)?.key : undefined) ?? headOf(parent ?? root);
  const schema = error.parentSchema as { readonly properties?: Readonly<Record<string, unknown>> } | undefined;
  const known = Object.keys(schema?.properties ?? {});
  const near = suggest(key, known);
  if (near !== undefined) misspelt.set(error.instancePath, (misspelt.get(error.instancePath) ?? new Set()).add(near));
  const { what, choices, home } = words.unknownKey(key, known);
  report.error('E_UNKNOWN_KEY', span, what, hintFor(key, near, home, choices));
}

function hintFor(key: string, near: string | undefined, home: string | undefined, choices: string): string {
  if (near !== undefined && latinOf(key) === near)
    return `it looks like '${near}', but has letters of another alphabet: type it anew`;
  if (home !== undefined) return `it belongs in ${home}`;
  return near === undefined ? choices : `did you mean '${near}'?`;
}

function reportError(
  error: ErrorObject,
  root: YamlNode,
  misspelt: ReadonlyMap<string, ReadonlySet<string>>,
  words: SchemaWords,
  report: Report,
): void {
  const node = nodeAt(root, error.instancePath) ?? root;
  const key = nameOf(error.instancePath);
  switch (error.keyword) {
    case 'required': {
      const missing = String((error.params as { readonly missingProperty?: unknown }).missingProperty);
      // It is there, misspelt, and that has been said.
      if (misspelt.get(error.instancePath)?.has(missing) === true) return;
      const owner = error.instancePath === '' ? words.file : key;
      return report.error('E_REQUIRED', headOf(node), `${owner} needs ${missing}`, words.needs?.(missing));
    }
    case 'type':
      return reportType(error, node, key === '' ? words.file : key, report);
    case 'enum': {
      const allowed = (error.schema as readonly unknown[]).map(String);
      const text = node.kind === 'scalar' ? node.text : '';
      const near = suggest(text, allowed);
      const choices = `${allowed.length === 1 ? '' : 'one of '}${allowed.join(', ')}`;
      const hint = near === undefined ? choices : `did you mean ${near}?`;
      return report.error('E_VALUE', node.at, `${key}: expected ${choices}, found ${found(node)}`, hint);
    }
    case 'minItems':
      return report.error('E_EMPTY_STEPS', node.at, `${key} is empty`, `remove it, or put something into ${key}`);
    case 'minLength':
      return report.error('E_EMPTY', node.at, `${key} is empty`, 'write something, or remove it');
    case 'minimum':
    case 'maximum': {
      const [bound, words] = [String(error.schema), error.keyword === 'minimum' ? 'at least' : 'at most'];
      return report.error('E_RANGE', node.at, `${key} must be ${words} ${bound}, found ${found(node)}`);
    }
    case 'minProperties':
      return report.error('E_EMPTY_STEPS', node.at, `${key} is empty`, 'write at least one');
    default:
  }
}

/** `/diagnose/0` is no name for people. */
function nameOf(instancePath: string): string {
  const [parent = '', last = ''] = instancePath.split('/').slice(-2);
  return /^\d+$/.test(last) ? `item ${Number(last) + 1} of ${parent}` : last;
}

function reportType(error: ErrorObject, node: YamlNode, name: string, report: Report): void {
  const wanted = [error.schema].flat().map(String);
  if (
    wanted.includes('string') &&
    node.kind === 'scalar' &&
    (typeof node.value === 'number' || typeof node.value === 'boolean')
  ) {
    return report.error(
      'E_STRING',
      node.at,
      `${name} must be text, found ${node.text}, which YAML reads as a ${typeof node.value}`,
      `write "${node.text}"`,
    );
  }
  if (wanted.length === 1 && wanted[0] === 'boolean') {
    return report.error(
      'E_BOOL',
      node.at,
      `${name} must be true or false, found ${found(node)}`,
      'yes, no, on and off are text in YAML 1.2',
    );
  }
  if (wanted.includes('integer'))
    return report.error('E_INT', node.at, `${name} must be a whole number, found ${found(node)}`);
  const words = wanted.map((type) => KINDS[type] ?? type).join(' or ');
  report.error('E_TYPE', headOf(node), `${name} must be ${words}, found ${found(node)}`, FORM_HINTS[wanted[0] ?? '']);
}

const FORM_HINTS: Readonly<Record<string, string>> = {
  object: 'write lines of key: value',
  array: 'write a list: [a, b], or lines that begin with -',
  string: 'write one text',
  boolean: 'write true or false',
  number: 'write digits, such as 3 or 0.5',
};

const KINDS: Readonly<Record<string, string>> = {
  object: 'a map',
  array: 'a list',
  string: 'text',
  boolean: 'true or false',
  number: 'a number',
};

function found(node: YamlNode): string {
  if (node.kind !== 'scalar') return `a ${node.kind}`;
  return typeof node.value === 'object' ? 'a secret' : printable(node.text);
}

export function printable(text: string): string {
  const cut = shorten(text);
  return /^[\w./-]+$/.test(cut) ? cut : JSON.stringify(cut);
}
