import { ok } from '../util/result.ts';
import type { Expression, Text } from './expression.ts';
import type { SourceRange } from './source.ts';

/** An expression that is written nowhere and has this value. */
export function constant<T>(value: T, at: SourceRange): Expression<T> {
  return { source: '', at, references: { steps: [], findings: [] }, evaluate: () => ok(value) };
}

export function constantText(text: string): Text {
  return { source: text, references: { steps: [], findings: [] }, render: () => text };
}
