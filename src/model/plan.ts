import type { Risk } from './action.ts';
import type { FindingReport, Outcome } from './result.ts';

/** What a run would do, host by host, decided from a diagnosis that was really made. */
export interface Plan {
  readonly runId: string;
  readonly runbook: string;
  readonly runbookSha256: string;
  /** RFC 3339. */
  readonly madeAt: string;
  readonly hosts: readonly HostPlan[];
  /** Over the runbook's hash and every command of every host: what an approval binds. */
  readonly sha256: string;
}

export interface HostPlan {
  readonly host: string;
  /** `needs-fix`, or how the host would end without any step. */
  readonly outcome: Outcome;
  /** Why, in words. */
  readonly reason: string;
  /** What to do about it, where the host could not be diagnosed. */
  readonly hint?: string;
  readonly findings: readonly FindingReport[];
  /** In the runbook's order; empty unless `needs-fix`. */
  readonly steps: readonly PlannedStep[];
}

export interface PlannedStep {
  readonly id: string;
  readonly name: string;
  readonly action: string;
  readonly risk: Risk;
  readonly undo: string;
  readonly command: PlannedCommand;
}

export type PlannedCommand =
  /** What would be sent: `summary` has a line for each item of a loop; `text` with its data, secrets masked. */
  | { readonly kind: 'exact'; readonly summary: string; readonly text: string; readonly sha256: string }
  | { readonly kind: 'skipped'; readonly reason: string }
  /** It reads the result of a step that changes, or follows a retest. */
  | { readonly kind: 'unknown-until'; readonly step: string };
