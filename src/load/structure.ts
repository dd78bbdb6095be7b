import { Ajv, type ValidateFunction } from 'ajv';
import type { Action } from '../model/action.ts';
import { ANSIBLE_WORDS } from './ansible-words.ts';
import type { Report } from './report.ts';
import { LIMIT_KEYS, STEP_KEYS } from './schema/keys.ts';
import { fragmentStructure, runbookStructure } from './schema/runbook-structure.ts';
import { printable, reportSchemaErrors, type SchemaWords } from './schema-errors.ts';
import { plainValue, type YamlNode } from './yaml/node.ts';

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
  const words: SchemaWords = {
    file: `the ${kind}`,
    unknownKey: (key, known) => unknownKey(key, known, actions),
    needs: (name) => REQUIRED_HINTS[name],
  };
  reportSchemaErrors(validate.errors ?? [], root, words, report);
  return false;
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
    'the top of a runbook',
  ],
  [['soak', 'within', 'every'], 'verify'],
  [['severity', 'advice', 'items', 'summary'], 'a finding'],
  [['default', 'enum', 'minimum', 'maximum', 'pattern', 'of', 'type'], 'a param'],
  [LIMIT_KEYS, 'limits'],
  [STEP_KEYS, 'a step'],
];

function unknownKey(
  key: string,
  known: readonly string[],
  actions: ReadonlyMap<string, Action>,
): ReturnType<SchemaWords['unknownKey']> {
  const home =
    HOMES.find(([keys]) => keys.includes(key))?.[1] ??
    (actions.has(key) ? 'a step of diagnose, fix or verify' : undefined);
  const isStep = known.includes('on_failure');
  const stepKeys = (): string => ANSIBLE_WORDS.get(key) ?? `the actions are ${[...actions.keys()].join(', ')}`;
  return {
    what: isStep ? `there is no action or key ${printable(key)}` : `unknown key ${printable(key)}`,
    choices: isStep ? stepKeys() : `there are ${known.join(', ')}`,
    ...(home !== undefined && { home }),
  };
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
