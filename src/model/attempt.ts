import type { Outcome } from './result.ts';

/** One repair that was begun on one host, for cooldown and attempts. */
export interface Attempt {
  readonly runId: string;
  readonly runbook: string;
  readonly host: string;
  /** As `machineOf` says. */
  readonly machine: string;
  /** Findings that the fix served. */
  readonly findings: readonly string[];
  /** RFC 3339, just before the first change. */
  readonly begunAt: string;
  /** Absent when the run was interrupted or died in the middle of it. */
  readonly end?: { readonly at: string; readonly outcome: Outcome };
}

export interface AttemptQuery {
  /** Absent: any. */
  readonly runbook?: string;
  readonly machines: readonly string[];
  /** RFC 3339: those that began or ended since. */
  readonly since: string;
}
