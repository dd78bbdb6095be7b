import type { Fields, ListType, Type } from '../../model/type.ts';
import type { JsonSchema } from './json-schema.ts';

const SPAN: JsonSchema = { type: 'string', pattern: String.raw`^\s*\$\{\{[\s\S]*\}\}\s*$` };
const DURATION = String.raw`^(\d+d)?(\d+h)?(\d+m)?(\d+s)?(\d+ms)?$`;

/** What a value of this type looks like where it is given: as a literal, or as one `${{ }}`. */
function typeSchema(type: Type): JsonSchema {
  switch (type.kind) {
    case 'string':
      return type.enum === undefined ? { type: 'string' } : { anyOf: [{ enum: [...type.enum] }, SPAN] };
    case 'pattern':
    case 'shell-text':
    case 'source-file':
    case 'template-file':
      return { type: 'string' };
    case 'secret':
      return { type: 'string', pattern: String.raw`^$|\$\{\{` };
    case 'patterns':
      return { type: 'object', minProperties: 1, additionalProperties: { type: 'string' } };
    case 'list':
      return { anyOf: [{ type: 'array', items: typeSchema(type.of), ...least(type) }, SPAN] };
    case 'map':
      return { anyOf: [{ type: 'object', additionalProperties: mapValue(type.of) }, SPAN] };
    case 'object':
      return { anyOf: [fieldsSchema(type.fields), SPAN] };
    default:
      return { anyOf: [literalSchema(type), SPAN] };
  }
}

/** A literal of the type, without expressions: the default of a param, a value in a params file. */
export function literalSchema(type: Type): JsonSchema {
  switch (type.kind) {
    case 'string':
      return type.enum === undefined ? { type: 'string' } : { enum: [...type.enum] };
    case 'int':
      return { type: 'integer', ...range(type) };
    case 'double':
      return { type: 'number', ...range(type) };
    case 'bool':
      return { type: 'boolean' };
    case 'duration':
      return { type: 'string', pattern: DURATION, minLength: 2 };
    case 'size':
      return { type: 'string', pattern: String.raw`^\d+(\.\d+)?([kKMGT]?i?B)$` };
    case 'percent':
      return { type: 'string', pattern: String.raw`^\d{1,3}(\.\d+)?%$` };
    case 'timestamp':
      return { type: 'string', format: 'date-time' };
    case 'since':
      return { type: 'string' };
    case 'list':
      return { type: 'array', items: literalSchema(type.of), ...least(type) };
    default:
      return typeSchema(type);
  }
}

function least({ nonempty }: ListType): JsonSchema {
  return nonempty === true ? { minItems: 1 } : {};
}

/** A map of texts takes scalars of any type. */
function mapValue(of: Type): JsonSchema {
  return of.kind === 'string' ? { type: ['string', 'number', 'boolean'] } : typeSchema(of);
}

function range(type: { readonly minimum?: number; readonly maximum?: number }): JsonSchema {
  return {
    ...(type.minimum !== undefined && { minimum: type.minimum }),
    ...(type.maximum !== undefined && { maximum: type.maximum }),
  };
}

export function fieldsSchema(fields: Fields): JsonSchema {
  const entries = Object.entries(fields);
  const required = entries.filter(([, field]) => field.optional !== true).map(([name]) => name);
  return {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(
      entries.map(([name, field]) => [name, { description: field.description, ...typeSchema(field.type) }]),
    ),
    ...(required.length > 0 && { required }),
  };
}
