import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { Action } from '../model/action.ts';
import { latinOf, suggest } from '../util/suggest.ts';
import { shorten } from '../util/shorten.ts';
import type { Report } from './report.ts';
import { LIMIT_KEYS, STEP_KEYS } from './schema/keys.ts';
import { fragmentStructure, runbookStructure } from './schema/runbook-structure.ts';
import { headOf, nodeAt, plainValue, type YamlNode } from './yaml/node.ts';

type FileKind = 'runbook' | 'fragment';

const validators = new WeakMap<ReadonlyMap<string, Action>, Map<FileKind, ValidateFunction>>();

/** Compiled on first use, once for each set of actions: it takes longer than to check a hundred runbooks. */
function validatorFor(actions: ReadonlyMap<string, Action>, kind: FileKind): ValidateFunction {
  const known = validators.get(actions) ?? new Map<FileKind, ValidateFunction>();
  validators.set(actions, known);
  let validator = known.get(kind);
  if (validator === undefined) {
    const ajv = new Ajv({ allErrors: true, verbose: true, strict: true, allowUnionTypes: true });
    // What an action takes is checked by its own declaration, with better words.
    const anything = Object.fromEntries([...actions.keys()].map((name) => [name, {}]));
    const structure = kind === 'runbook' ? runbookStructure : fragmentStructure;
    validator = ajv.compile(structure({ actions: anything, literals: false }));
    known.set(kind, validator);
  }
  return validator;
}

/** Reports keys that do not exist, keys that are missing, and values of the wrong kind. True when there are none. */
export function checkStructure(
  root: YamlNode,
  actions: ReadonlyMap<string, Action>,
  report: Report,
  kind: FileKind,
): boolean {
  const validate = validatorFor(actions, kind);
  if (validate(plainValue(root))) return true;
  const errors = (validate.errors ?? []).filter((error) => !isThereRefused(error, root));
  if (errors.length === 0) return false;
  const misspelt = new Map<string, Set<string>>();
  for (const error of errors)
    if (error.keyword === 'additionalProperties') reportUnknownKey(error, root, misspelt, actions, report);
  for (const error of errors) reportError(error, root, misspelt, report, kind);
  if (!report.failed)
    report.error('E_STRUCTURE', headOf(root), `the ${kind} is not valid: ${errors[0]?.message ?? 'unknown reason'}`);
  return false;
}

/** What seems to be missing is there, with a value that has been reported. */
function isThereRefused({ keyword, params, instancePath }: ErrorObject, root: YamlNode): boolean {
  const node = nodeAt(root, instancePath);
  if (node?.kind !== 'map') return false;
  if (keyword === 'minProperties') return node.refused.size > 0;
  const missing = (params as { readonly missingProperty?: unknown }).missingProperty;
  return keyword === 'required' && node.refused.has(String(missing));
}

/** Where a key belongs that stands in the wrong place. */
const HOMES: readonly (readonly [keys: readonly string[], home: string])[] = [
  [
    [
      'runbook',
      'description',
      'hosts',
      'params',
      'limits',
      'diagnose',
      'applies',
      'findings',
      'fix',
      'verify',
      'rollback',
    ],
    'the top of the file',
  ],
  [['soak', 'within', 'every'], 'verify'],
  [['severity', 'advice', 'items', 'summary'], 'a finding'],
  [['default', 'enum', 'minimum', 'maximum', 'pattern', 'of', 'type'], 'a param'],
  [LIMIT_KEYS, 'limits'],
  [STEP_KEYS, 'a step'],
];

function reportUnknownKey(
  error: ErrorObject,
  root: YamlNode,
  misspelt: Map<string, Set<string>>,
  actions: ReadonlyMap<string, Action>,
  report: Report,
): void {
  const key = String((error.params as { readonly additionalProperty?: unknown }).additionalProperty);
  const parent = nodeAt(root, error.instancePath);
  const span = (parent?.kind === 'map' ? parent.entries.get(key)?.key : undefined) ?? headOf(parent ?? root);
  const schema = error.parentSchema as { readonly properties?: Readonly<Record<string, unknown>> } | undefined;
  const known = Object.keys(schema?.properties ?? {});
  const near = suggest(key, known);
  if (near !== undefined) misspelt.set(error.instancePath, (misspelt.get(error.instancePath) ?? new Set()).add(near));
  const home =
    HOMES.find(([keys]) => keys.includes(key))?.[1] ??
    (actions.has(key) ? 'a step of diagnose, fix or verify' : undefined);
  const isStep = known.includes('on_failure');
  const choices = isStep ? `the actions are ${[...actions.keys()].join(', ')}` : `there are ${known.join(', ')}`;
  const what = isStep ? `there is no action or key ${printable(key)}` : `unknown key ${printable(key)}`;
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
  report: Report,
  kind: FileKind,
): void {
  const node = nodeAt(root, error.instancePath) ?? root;
  const key = nameOf(error.instancePath);
  switch (error.keyword) {
    case 'required': {
      const missing = String((error.params as { readonly missingProperty?: unknown }).missingProperty);
      // It is there, misspelt, and that has been said.
      if (misspelt.get(error.instancePath)?.has(missing) === true) return;
      const owner = error.instancePath === '' ? `the ${kind}` : key;
      return report.error('E_REQUIRED', headOf(node), `${owner} needs ${missing}`, REQUIRED_HINTS[missing]);
    }
    case 'type':
      return reportType(error, node, key === '' ? `the ${kind}` : key, report);
    case 'enum': {
      const allowed = (error.schema as readonly unknown[]).map(String);
      const text = node.kind === 'scalar' ? node.text : '';
      const near = suggest(text, allowed);
      const hint = near === undefined ? `one of ${allowed.join(', ')}` : `did you mean ${near}?`;
      return report.error(
        'E_VALUE',
        node.at,
        `${key}: expected one of ${allowed.join(', ')}, found ${found(node)}`,
        hint,
      );
    }
    case 'minItems':
      return report.error('E_EMPTY_STEPS', node.at, `${key} is empty`, `remove it, or put something into ${key}`);
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

const REQUIRED_HINTS: Readonly<Record<string, string>> = {
  fragment: "write fragment: and the file's name without .yaml",
  runbook: "write runbook: and the file's name without .yaml",
  summary: 'one line that a person reads first',
  diagnose: 'write the steps that read: diagnose: [...]',
  findings: 'say what can be wrong, and how it is seen',
  type: 'such as type: string',
  steps: 'write steps: and the list of steps',
  none: 'write { none: the reason }, or a list of steps',
  group: 'write keep: { group: webservers, healthy: 1 }',
  healthy: 'write keep: { group: webservers, healthy: 1 }',
  max: 'write attempts: { max: 3, per: 24h }',
  per: 'write attempts: { max: 3, per: 24h }',
};

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

function printable(text: string): string {
  const cut = shorten(text);
  return /^[\w./-]+$/.test(cut) ? cut : JSON.stringify(cut);
}
