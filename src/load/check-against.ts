import { Ajv, type ValidateFunction } from 'ajv';
import type { Report } from './report.ts';
import type { JsonSchema } from './schema/json-schema.ts';
import { reportSchemaErrors, type SchemaWords } from './schema-errors.ts';
import { plainValue, type YamlNode } from './yaml/node.ts';

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
export function checkAgainst(schema: () => JsonSchema, root: YamlNode, words: SchemaWords, report: Report): boolean {
  const validate = validatorFor(schema);
  if (validate(plainValue(root))) return true;
  reportSchemaErrors(validate.errors ?? [], root, words, report);
  return false;
}
