import type { Case, CaseResult } from '../../model/case.ts';
import type { RunEvent } from '../../model/event.ts';
import type { Reporter } from '../../model/reporter.ts';

/** What came of a run on one host, as a case speaks of it: a fold over its events. */
export class CaseStory implements Pick<Reporter, 'accept'> {
  #findings: readonly string[] = [];
  readonly #changed = new Set<string>();
  #outcome: CaseResult['outcome'] = 'unknown';

  accept(event: RunEvent): void {
    if (event.type === 'findings-evaluated' && event.moment === 'survey') {
      this.#findings = event.findings.filter(({ state }) => state === 'present').map(({ name }) => name);
    }
    if (event.type === 'step-ended' && event.phase === 'fix' && event.status === 'changed')
      this.#changed.add(event.step);
    if (event.type === 'host-finished') this.#outcome = event.outcome;
  }

  get result(): CaseResult {
    return { outcome: this.#outcome, findings: this.#findings, changed: [...this.#changed] };
  }
}

/** Pure: how what came differs from what was expected, in words; empty when it does not. */
export function differencesOf({ expect }: Pick<Case, 'expect'>, came: CaseResult): readonly string[] {
  const sorted = (names: readonly string[]): string => [...names].toSorted().join(', ') || 'none';
  const listed = (names: readonly string[]): string => names.join(', ') || 'none';
  return [
    ...differing('outcome', expect.outcome, came.outcome),
    ...differing('findings', sorted(expect.findings), sorted(came.findings)),
    ...differing('changed', listed(expect.changed), listed(came.changed)),
  ];
}

const differing = (what: string, expected: string, came: string): readonly string[] =>
  expected === came ? [] : [`${what}: expected ${expected}, got ${came}`];
