import { Ajv, type ValidateFunction } from 'ajv';
import type { Report } from '../report.ts';
import type { JsonSchema } from '../schema/json-schema.ts';
import { printable, reportSchemaErrors, type SchemaWords } from '../schema-errors.ts';
import { plainValue, type YamlNode } from '../yaml/node.ts';

const validators = new Map<() => JsonSchema, ValidateFunction>();

/** Compiled on first use. */
function validatorFor(schema: () => JsonSchema): ValidateFunction {
  const known = validators.get(schema);
  if (known !== undefined) return known;
  const made = new Ajv({ allErrors: true, verbose: true, strict: true, allowUnionTypes: true }).compile(schema());
  validators.set(schema, made);
  return made;
}

/** Reports keys that do not exist, keys that are missing, and values of the wrong kind. True when there are none. */
export function checkAgainst(schema: () => JsonSchema, root: YamlNode, report: Report): boolean {
  const validate = validatorFor(schema);
  if (validate(plainValue(root))) return true;
  reportSchemaErrors(validate.errors ?? [], root, WORDS, report);
  return false;
}

const WORDS: SchemaWords = {
  file: 'the file',
  unknownKey: (key, known) => ({ what: `unknown key ${printable(key)}`, choices: `there are ${known.join(', ')}` }),
  needs: (name) => REQUIRED_HINTS[name],
};

const REQUIRED_HINTS: Readonly<Record<string, string>> = {
  faults: 'write faults: and how each is made',
  break: 'write break: and the shell text that makes the fault',
  summary: 'one line that a person reads first',
  cases: 'write cases: and what must come of each',
  expect: 'such as expect: { outcome: repaired, findings: [down], changed: [start] }',
  outcome: 'such as outcome: repaired',
};
