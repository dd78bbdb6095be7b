import type { JsonObject } from '../util/json.ts';
import type { Difference, Risk } from './action.ts';
import type { FindingReport, Outcome } from './result.ts';

/** What a run would do, host by host, decided from a diagnosis that was really made. */
export interface Plan {
  readonly runId: string;
  readonly runbook: string;
  readonly runbookSha256: string;
  /** RFC 3339. */
  readonly madeAt: string;
  /** Hosts with a step beyond it are `refused`; absent: every risk is allowed. */
  readonly maxRisk?: Risk;
  readonly hosts: readonly HostPlan[];
  /** Names of the hosts to be acted on, the canary first. */
  readonly batches: readonly (readonly string[])[];
  /** No new host is started once so many have failed. */
  readonly maxFailures: number;
  /** Nothing is changed when more hosts than these cannot be reached. */
  readonly maxUnreachable: number;
  /** No host of the group is acted on while fewer others of it are healthy. */
  readonly keep?: { readonly group: string; readonly healthy: number };
  /** Limits that are those of a rule of the site, with the rule in words. Absent: none is. */
  readonly cappedBy?: Readonly<Partial<Record<'max_failures' | 'max_unreachable' | 'brake', string>>>;
  /** A limit forbids to act at all: the hosts that need a fix will end `not-started`. */
  readonly stop?: PlanStop;
  /** Over the runbook's hash and every command of every host: what an approval binds. */
  readonly sha256: string;
}

export interface PlanStop {
  readonly limit: 'brake' | 'max_unreachable';
  readonly reason: string;
  readonly hint: string;
}

export interface HostPlan {
  readonly host: string;
  /** `needs-fix`, or how the host would end without any step. */
  readonly outcome: Outcome;
  /** Why, in words. */
  readonly reason: string;
  /** What to do about it, where the host could not be diagnosed or may not be acted on. */
  readonly hint?: string;
  readonly findings: readonly FindingReport[];
  /** In the runbook's order; empty unless `needs-fix`. */
  readonly steps: readonly PlannedStep[];
  /** How long the proof must hold, where that is known before the fix. */
  readonly soakMs?: number;
}

export interface PlannedStep {
  readonly id: string;
  readonly name: string;
  readonly action: string;
  readonly risk: Risk;
  /** One host of the run carries it out, the first that comes to it; the others have its result. */
  readonly once?: true;
  readonly undo: string;
  readonly command: PlannedCommand;
}

export type PlannedCommand =
  /** What would be sent, one item for each of a loop. `sha256` is over those of all. */
  | { readonly kind: 'exact'; readonly items: readonly PlannedItem[]; readonly sha256: string }
  /** A look found all as wanted: a run would look again, and send nothing. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'skipped'; readonly reason: string }
  /** It reads the result of a step that changes, touches a file that one does, or follows a retest. `others`: that of other hosts. */
  | { readonly kind: 'unknown-until'; readonly step: string; readonly others?: true };

/** One command: its source with its data, secrets masked. */
export interface PlannedItem {
  /** The other host on which it would be carried out. Absent: the host of the plan. */
  readonly on?: string;
  /** One line for people, with the exact targets. */
  readonly summary: string;
  readonly text: string;
  readonly sha256: string;
  /** As the action was given them: a later diagnosis may only shrink them. Of a step with `no_log` they and the text are empty. */
  readonly params: JsonObject;
  readonly differences: readonly Difference[];
}

/** Pure: params as a plan keeps them, in plain JSON, secrets masked. */
export function plainParams(params: JsonObject): JsonObject {
  return JSON.parse(JSON.stringify(params)) as JsonObject;
}
