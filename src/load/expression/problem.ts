import type { ASTNode } from './syntax.ts';

/** What is wrong with an expression; `start` and `end` count in its source. */
export interface Problem {
  readonly code: string;
  readonly start: number;
  readonly end: number;
  readonly message: string;
  readonly hint?: string;
}

export function rangeOf(node: ASTNode): { readonly start: number; readonly end: number } {
  return { start: node.start, end: node.end };
}
