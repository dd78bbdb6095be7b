/** What a new runbook is begun from. */
export interface NewFiles {
  readonly runbook: string;
  readonly faults: string;
  readonly cases: string;
}

/** First lines of each new runbook. */
export const HEAD = `# All of it is explained by example; the language: docs/language.md. Check it after each change: runbook lint.
# Completion in your editor: runbook schema >runbook.schema.json, and as the first line of this file
#   yaml-language-server: $schema=../runbook.schema.json`;

export interface CaseWords {
  readonly fault: string;
  readonly found: string;
  readonly fix: string;
  readonly repaired: string;
  readonly healthy: string;
}

/** The three cases that every runbook needs. */
export function casesText({ fault, found, fix, repaired, healthy }: CaseWords): string {
  return `# What must come of each fault. runbook record makes it on a real host and keeps what that said; runbook test plays it from there.
cases:
  ${fault}:
    summary: ${repaired}
    fault: ${fault} # of faults.yaml
    expect: { outcome: repaired, findings: [${found}], changed: [${fix}] }
  proof-broken:
    summary: what was changed is undone when the proof does not hold
    fault: ${fault}
    proof: fails # one more step in verify that never passes
    expect: { outcome: rolled-back, findings: [${found}], changed: [${fix}] }
  healthy: # without a fault: the host as it is
    summary: ${healthy}
    expect: { outcome: healthy }
`;
}
