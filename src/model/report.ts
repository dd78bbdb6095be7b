import type { FoundFinding } from './finished-run.ts';
import type { Outcome } from './result.ts';

/** What runs and plans have found over a time. Times are RFC 3339, the controller's clock. New members may be added; the meaning of one never changes. */
export interface Report {
  /** Runs and plans that started then or later, and have an end. */
  readonly since: string;
  readonly until: string;
  readonly runs: number;
  /** Plans of people and scripts. */
  readonly plans: number;
  /** Plans of schedules in mode `shadow`. */
  readonly shadows: number;
  /** The worst first: what is there now, then what nobody knows of, then what came most often in the last seven days. */
  readonly findings: readonly ReportedFinding[];
  /** By runbook, then by name. */
  readonly hosts: readonly ReportedHost[];
}

/** One problem of one machine, as one runbook sees it. */
export interface ReportedFinding {
  readonly runbook: string;
  readonly finding: string;
  /** As last seen; `info` is no problem, and left out. */
  readonly severity: FoundFinding['severity'];
  readonly summary: string;
  /** The machine's last name. */
  readonly host: string;
  /** Its other names in this time. Absent: none. */
  readonly formerly?: readonly string[];
  /** `unknown`: it was there, and later diagnoses could not tell, or there was none for a day. */
  readonly now: 'there' | 'gone' | 'unknown';
  /** How often it came within the seven days that end when it last came, that time included. */
  readonly timesIn7Days: number;
  /** Oldest first; at least one. */
  readonly episodes: readonly Episode[];
}

/** From when a finding was seen until it was seen to be gone. A diagnosis that could not tell neither ends one nor begins one. */
export interface Episode {
  /** When it was not there yet. Absent: it was at the first diagnosis, or at the first with this version of the runbook. */
  readonly clearAt?: string;
  readonly firstSeen: string;
  readonly lastSeen: string;
  /** The run or plan that saw it first. */
  readonly runId: string;
  /** From the end of the episode before it until it was seen again. Absent: it is the first. */
  readonly sincePreviousMs?: number;
  /** What a schedule in mode `shadow` would have done first. */
  readonly wouldHave?: WouldHave;
  /** A later run or plan had the host, and could not tell. */
  readonly lookedInVainAt?: string;
  /** Absent: it is not known to have ended. */
  readonly end?: EpisodeEnd;
}

export interface WouldHave {
  readonly at: string;
  readonly runId: string;
  /** Names of the fix steps, in their order. */
  readonly steps: readonly string[];
}

/**
 * `repaired`: by a run that proved it. `after-run`: a run had changed something there, and proved nothing. `by-hand`: an exec had.
 * `alone`: nothing that is recorded did; somebody may have, without a record. `not-applicable`: the runbook does not apply there any more.
 * `runbook-changed`: by then the runbook was another one.
 */
export type EndedBy = 'repaired' | 'after-run' | 'by-hand' | 'alone' | 'not-applicable' | 'runbook-changed';

export interface EpisodeEnd {
  /** When it was first seen to be gone. */
  readonly at: string;
  readonly by: EndedBy;
  /** With `repaired`, `after-run` and `by-hand`. */
  readonly runId?: string;
  /** How long it was there, counted from when it was first seen: between two diagnoses it is not known when it went. The same when a run made it go. */
  readonly atLeastMs: number;
  readonly atMostMs: number;
}

/** How the runs and plans of one runbook ended on one machine. */
export interface ReportedHost {
  readonly runbook: string;
  readonly host: string;
  readonly formerly?: readonly string[];
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>;
  /** Absent: it was never diagnosed. */
  readonly lastDiagnosedAt?: string;
}
