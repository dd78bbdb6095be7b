import { readLiteral } from '../../model/literal.ts';
import { SecretName } from '../../model/scalar-literal.ts';
import type { Type } from '../../model/type.ts';
import type { Place } from '../place.ts';
import { plainValue, type YamlNode, type YamlScalar } from '../yaml/node.ts';

/** The code says what kind of value was wanted. */
export function reportLiteral(
  type: Type,
  node: YamlNode,
  key: string,
  message: string,
  place: Pick<Place, 'report'>,
): void {
  if (type.kind === 'list' && node.kind === 'list' && node.items.length > 0) {
    for (const item of node.items) {
      const read = readLiteral(type.of, plainValue(item));
      if (!read.ok) reportLiteral(type.of, item, key, read.error, place);
    }
    return;
  }
  const scalar = node.kind === 'scalar' ? node : undefined;
  if (scalar?.value instanceof SecretName)
    return place.report.error('E_SECRET', node.at, `${key}: ${message}`, 'only a param of type secret takes !secret');
  const number = typeof scalar?.value === 'number' || typeof scalar?.value === 'boolean';
  if (type.kind === 'string' && scalar !== undefined && number) {
    const mode = key === 'mode' && /^[0-7]{3}$/.test(scalar.text);
    const quoted = `"${mode ? '0' : ''}${scalar.text}"`;
    return place.report.error(mode ? 'E_MODE' : 'E_STRING', node.at, `${key}: ${message}`, `write ${quoted}`);
  }
  place.report.error(codeFor(type, scalar), node.at, `${key}: ${message}`, mistakenHint(type, scalar, key));
}

function codeFor(type: Type, scalar: YamlScalar | undefined): string {
  const value = scalar?.value;
  switch (type.kind) {
    case 'duration':
    case 'since':
      return 'E_DURATION';
    case 'bool':
      return 'E_BOOL';
    case 'int':
      return typeof value === 'number' && Number.isInteger(value) ? 'E_RANGE' : 'E_INT';
    case 'double':
      return typeof value === 'number' ? 'E_RANGE' : 'E_TYPE';
    case 'string':
      return typeof value === 'string' ? 'E_VALUE' : 'E_TYPE';
    case 'secret':
      return 'E_PLAINTEXT_SECRET';
    default:
      return 'E_TYPE';
  }
}

function mistakenHint(type: Type, scalar: YamlScalar | undefined, key: string): string | undefined {
  if (type.kind === 'duration' && typeof scalar?.value === 'number') return `write ${scalar.text}s for seconds`;
  if (type.kind === 'bool' && /^(?:yes|on|y)$/i.test(scalar?.text ?? '')) return 'write true';
  if (type.kind === 'bool' && /^(?:no|off|n)$/i.test(scalar?.text ?? '')) return 'write false';
  if (type.kind === 'percent' && typeof scalar?.value === 'number') return `write ${scalar.text}%`;
  if (type.kind === 'size' && typeof scalar?.value === 'number') return `write ${scalar.text}B`;
  if (type.kind === 'list' && typeof scalar?.value === 'string') return listHint(type.of, scalar.text, key);
  if (type.kind === 'bool' && typeof scalar?.value === 'string' && key !== 'default')
    return `${HINTS.bool}, or an expression as \${{ }}`;
  if (type.kind === 'string' && type.pattern !== undefined) return type.form === undefined ? PATTERN_HINT : undefined;
  return HINTS[type.kind];
}

const PATTERN_HINT = 'write text that the pattern lets through';

function listHint(of: Type, text: string, key: string): string {
  if (of.kind === 'bool') return `write ["\${{ ${text} }}"]`;
  const words = text.trim().split(/\s+/);
  return key === 'command' && words.length > 1
    ? `write each word by itself: [${words.join(', ')}]; a command line is for shell`
    : `write [${text}]`;
}

const HINTS: Readonly<Partial<Record<Type['kind'], string>>> = {
  string: 'write one of the values that are allowed',
  int: 'write digits only, such as 10, in the allowed range',
  double: 'write a number such as 0.5, in the allowed range',
  bool: 'write true or false',
  duration: 'write it like 30s, 5m or 1h30m',
  since: 'write it like 30m or 24h',
  size: 'write it like 500MB or 5GiB',
  percent: 'write it like 25%',
  secret: 'write !secret NAME',
  list: 'write [a, b]',
  map: 'write { key: value }',
  object: 'write { key: value }',
  timestamp: 'write it like 2026-01-31T08:00:00Z',
};
