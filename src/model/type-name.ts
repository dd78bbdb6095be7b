import type { Type } from './type.ts';

/** A type in a few words for people: `list of string`, `fast or safe`, `int, 1 to 500`. `code` marks what is meant literally. */
export function typeName(type: Type, code: (text: string) => string = (text) => text): string {
  switch (type.kind) {
    case 'list':
      return `list of ${typeName(type.of, code)}`;
    case 'map':
      return `map of ${typeName(type.of, code)}`;
    case 'by-pattern':
      return `${typeName(type.of, code)} for each name in ${code(type.param)}`;
    case 'string':
      return type.enum === undefined ? 'string' : type.enum.map(code).join(' or ');
    case 'int':
    case 'double':
      return `${type.kind}${range(type.minimum, type.maximum)}`;
    case 'shell-text':
      return 'shell text';
    case 'source-file':
      return 'path of a file';
    case 'template-file':
      return 'path of a template';
    case 'pattern':
      return 'RE2 pattern';
    case 'object':
    case 'bool':
    case 'duration':
    case 'timestamp':
    case 'size':
    case 'percent':
    case 'secret':
    case 'since':
    case 'patterns':
      return type.kind;
  }
}

function range(minimum: number | undefined, maximum: number | undefined): string {
  if (minimum === undefined) return maximum === undefined ? '' : `, at most ${maximum}`;
  return maximum === undefined ? `, at least ${minimum}` : `, ${minimum} to ${maximum}`;
}
