import type { Expression } from '../../model/expression.ts';
import { formatDuration, parseDuration } from '../../util/duration.ts';
import { ok } from '../../util/result.ts';
import type { Place } from '../place.ts';
import { readValue } from '../value/read-value.ts';
import { asExpression, literalTree, mapped } from '../value/tree.ts';
import type { YamlNode } from '../yaml/node.ts';
import type { Span } from '../line-map.ts';

const DAY_MS = 86_400_000;

export interface DurationLimits {
  /** Milliseconds. */
  readonly least: number;
  /** By default 24h. */
  readonly most?: number;
}

/** A duration as milliseconds; a literal is checked to be from `least` to `most`, what is computed is brought into that range. */
export function readMilliseconds(
  node: YamlNode,
  key: string,
  { least, most = DAY_MS }: DurationLimits,
  place: Place,
): Expression<number> | undefined {
  const tree = readValue({ kind: 'duration' }, node, { key }, place);
  if (tree === undefined) return undefined;
  const literal = node.kind === 'scalar' && typeof node.value === 'string' ? parseDuration(node.value) : undefined;
  if (literal?.ok === true && (literal.value < least || literal.value > most)) {
    place.report.error(
      'E_DURATION',
      node.at,
      `${key} must be from ${formatDuration(least)} to ${formatDuration(most)}`,
      'write a duration such as 30s or 5m',
    );
    return undefined;
  }
  const milliseconds = mapped(tree, (value) => {
    const duration = parseDuration(String(value));
    return ok(duration.ok ? Math.min(Math.max(duration.value, least), most) : least);
  });
  return asExpression(milliseconds, node.at, place.report);
}

export function constantMilliseconds(value: number, at: Span, place: Pick<Place, 'report'>): Expression<number> {
  return asExpression(literalTree(value), at, place.report);
}
