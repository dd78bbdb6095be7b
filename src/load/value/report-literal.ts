import type { Type } from '../../model/type.ts';
import type { Place } from '../place.ts';
import type { YamlNode, YamlScalar } from '../yaml/node.ts';

/** The code says what kind of value was wanted. */
export function reportLiteral(
  type: Type,
  node: YamlNode,
  key: string,
  message: string,
  place: Pick<Place, 'report'>,
): void {
  const scalar = node.kind === 'scalar' ? node : undefined;
  const number = typeof scalar?.value === 'number' || typeof scalar?.value === 'boolean';
  if (type.kind === 'string' && scalar !== undefined && number) {
    const mode = key === 'mode' && /^[0-7]{3}$/.test(scalar.text);
    const quoted = `"${mode ? '0' : ''}${scalar.text}"`;
    return place.report.error(mode ? 'E_MODE' : 'E_STRING', node.at, `${key}: ${message}`, `write ${quoted}`);
  }
  place.report.error(codeFor(type, scalar), node.at, `${key}: ${message}`, mistakenHint(type, scalar));
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

function mistakenHint(type: Type, scalar: YamlScalar | undefined): string | undefined {
  if (type.kind === 'duration' && typeof scalar?.value === 'number') return `write ${scalar.text}s for seconds`;
  if (type.kind === 'bool' && /^(?:yes|on|y)$/i.test(scalar?.text ?? '')) return 'write true';
  if (type.kind === 'bool' && /^(?:no|off|n)$/i.test(scalar?.text ?? '')) return 'write false';
  if (type.kind === 'percent' && typeof scalar?.value === 'number') return `write ${scalar.text}%`;
  if (type.kind === 'size' && typeof scalar?.value === 'number') return `write ${scalar.text}B`;
  if (type.kind === 'list' && typeof scalar?.value === 'string') return `write [${scalar.text}]`;
  return undefined;
}
