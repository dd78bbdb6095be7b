import type { ShownPreparation } from './action.ts';
import type { ErrorInfo } from './error.ts';
import type { Scope } from './expression.ts';
import type { BoundHost } from './host.ts';
import type { FindingReport } from './result.ts';

/** What is known of a host after its first diagnosis, before anything was changed anywhere. */
export type SurveyedHost =
  | Surveyed
  | { readonly state: 'unreachable'; readonly host: BoundHost; readonly error: ErrorInfo }
  /** The run was interrupted before its diagnosis was complete. */
  | { readonly state: 'interrupted'; readonly host: BoundHost }
  /** A bug of this program or of an action, and only this host's affair. */
  | { readonly state: 'broken'; readonly host: BoundHost; readonly error: ErrorInfo };

export interface Surveyed {
  readonly state: 'surveyed';
  readonly host: BoundHost;
  /** As `machineOf` says. */
  readonly machine: string;
  readonly diagnosis: Diagnosis;
  /** What fix steps would see if they were sent now. */
  readonly scope: Scope;
  /** What the looks of prepared fix steps came to, by step id and item; empty unless the host is sick. */
  readonly looks: Looks;
}

/** By step id. */
export type Looks = ReadonlyMap<string, ItemLooks>;

/** One for each item of the step's loop; absent where none was made. */
export type ItemLooks = readonly (ItemLook | undefined)[];

/** `on`: the other host on which it was made. */
export type ItemLook = ShownPreparation & { readonly on?: string };

/** One reading of a runbook's `diagnose`, `applies` and `findings` on one host. */
export interface Diagnosis {
  readonly applies: Applies;
  /** In the runbook's order; empty unless it applies. */
  readonly findings: readonly FindingReport[];
}

export type Applies =
  | { readonly kind: 'yes' | 'no' }
  /** `why` in words. */
  | { readonly kind: 'undetermined'; readonly why: string };
