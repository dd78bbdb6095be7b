import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { shorten } from '../../util/shorten.ts';
import { suggest } from '../../util/suggest.ts';
import type { Report } from '../report.ts';
import type { JsonSchema } from '../schema/json-schema.ts';
import { headOf, nodeAt, plainValue, type YamlNode } from '../yaml/node.ts';

const validators = new Map<() => JsonSchema, ValidateFunction>();

/** Compiled on first use. */
function validatorFor(schema: () => JsonSchema): ValidateFunction {
  const known = validators.get(schema);
  if (known !== undefined) return known;
  const ajv = new Ajv({ allErrors: true, verbose: true, strict: true, allowUnionTypes: true });
  const made = ajv.compile(schema());
  validators.set(schema, made);
  return made;
}

/** Reports keys that do not exist, keys that are missing, and values of the wrong kind. True when there are none. */
export function checkAgainst(schema: () => JsonSchema, root: YamlNode, report: Report): boolean {
  const validate = validatorFor(schema);
  if (validate(plainValue(root))) return true;
  const errors = validate.errors ?? [];
  for (const error of errors) reportError(error, root, report);
  if (!report.failed) report.error('E_STRUCTURE', headOf(root), `the file is not valid: ${errors[0]?.message ?? ''}`);
  return false;
}

function reportError(error: ErrorObject, root: YamlNode, report: Report): void {
  const node = nodeAt(root, error.instancePath) ?? root;
  const name = nameOf(error.instancePath);
  switch (error.keyword) {
    case 'additionalProperties': {
      const key = String((error.params as { readonly additionalProperty?: unknown }).additionalProperty);
      const span = (node.kind === 'map' ? node.entries.get(key)?.key : undefined) ?? headOf(node);
      const { properties = {} } = error.parentSchema as { readonly properties?: Readonly<Record<string, unknown>> };
      const known = Object.keys(properties);
      const near = suggest(key, known);
      const hint = near === undefined ? `there are ${known.join(', ')}` : `did you mean '${near}'?`;
      return report.error('E_UNKNOWN_KEY', span, `unknown key ${quoted(key)}`, hint);
    }
    case 'required': {
      const missing = String((error.params as { readonly missingProperty?: unknown }).missingProperty);
      if (node.kind === 'map' && node.refused.has(missing)) return;
      return report.error('E_REQUIRED', headOf(node), `${name} needs ${missing}`);
    }
    case 'enum': {
      const allowed = (error.schema as readonly unknown[]).map(String);
      const written = node.kind === 'scalar' ? node.text : '';
      const near = suggest(written, allowed);
      const words = `${name}: expected ${allowed.length === 1 ? '' : 'one of '}${allowed.join(', ')}, found ${found(node)}`;
      return report.error('E_VALUE', node.at, words, near === undefined ? undefined : `did you mean ${near}?`);
    }
    case 'minProperties':
    case 'minLength':
      return report.error('E_EMPTY', headOf(node), `${name} is empty`, 'write something, or remove it');
    case 'type': {
      const wanted = KINDS[String(error.schema)] ?? String(error.schema);
      const hint = HINTS[String(error.schema)];
      return report.error('E_TYPE', headOf(node), `${name} must be ${wanted}, found ${found(node)}`, hint);
    }
    default:
  }
}

/** `/cases/journal/expect` is `expect`, `/cases/journal/expect/changed/0` is `item 1 of changed`. */
function nameOf(instancePath: string): string {
  const [parent = '', last = ''] = instancePath.split('/').slice(-2);
  if (instancePath === '') return 'the file';
  return /^\d+$/.test(last) ? `item ${Number(last) + 1} of ${parent}` : last;
}

const KINDS: Readonly<Record<string, string>> = {
  object: 'a map',
  array: 'a list',
  string: 'text',
  integer: 'a whole number',
  boolean: 'true or false',
};

const HINTS: Readonly<Record<string, string>> = {
  object: 'write lines of key: value',
  array: 'write a list: [a, b]',
  string: 'write one text, in quotes where YAML reads something else',
};

function found(node: YamlNode): string {
  if (node.kind !== 'scalar') return `a ${node.kind}`;
  return typeof node.value === 'object' ? 'a secret' : quoted(node.text);
}

function quoted(text: string): string {
  const cut = shorten(text);
  return /^[\w./-]+$/.test(cut) ? cut : JSON.stringify(cut);
}
