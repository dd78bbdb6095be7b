import type { Outcome } from './result.ts';
import type { SourceRange } from './source.ts';

/** What goes wrong, made for real. Each text is run by `sh -eu` as root on the host, and may be run twice. */
export interface Fault {
  readonly name: string;
  readonly summary: string;
  /** Ends when the fault is there, and fails when it could not be made. */
  readonly break: string;
  /** Brings the host back, whatever came of the case. */
  readonly heal?: string;
  readonly at: SourceRange;
}

/** What lies beside a runbook as `faults.yaml`. */
export interface Faults {
  /** Once per host, before its first case. */
  readonly setup?: string;
  readonly faults: readonly Fault[];
}

/** One promise of a runbook: a fault, and what must come of it. */
export interface Case {
  readonly name: string;
  readonly summary: string;
  /** Absent: the host as it is. */
  readonly fault?: Fault;
  /** As the entries of a params file. */
  readonly params: readonly { readonly name: string; readonly value: unknown; readonly at: SourceRange }[];
  /** Verify gets a step that never passes, so that every undo is seen at work. */
  readonly proofFails: boolean;
  readonly expect: CaseResult;
  /** On real hosts: what it prints before the run and after it has to be the same. */
  readonly untouched?: string;
  /** On real hosts: must succeed after the run. */
  readonly holds?: string;
  readonly at: SourceRange;
}

/** What comes of a run on one host, as far as a case speaks of it. */
export interface CaseResult {
  readonly outcome: Outcome;
  /** Those present in the survey, `info` ones too; the order says nothing. */
  readonly findings: readonly string[];
  /** Ids of the fix steps that changed something, in their order, each once. */
  readonly changed: readonly string[];
}
