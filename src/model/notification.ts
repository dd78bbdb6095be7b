import type { RunMode } from './event.ts';
import type { Trigger } from './policy.ts';
import type { Outcome } from './result.ts';

/** What somebody is to be told: plain JSON, and no secret is in it. */
export type Notification = RunNotification | ScheduleNotification | TestNotification;

interface Told {
  /** The same whenever it is sent again, so that receivers can drop doubles. */
  readonly id: string;
  /** RFC 3339: when what it tells of happened. */
  readonly at: string;
  /** Name of the machine from which it comes. */
  readonly machine: string;
}

/** A run has ended. */
export interface RunNotification extends Told {
  readonly type: 'run-finished';
  readonly runId: string;
  readonly mode: RunMode;
  readonly runbook: string;
  readonly trigger: Trigger;
  /** Login name of the user that started it. */
  readonly user: string;
  readonly exitCode: number;
  readonly needsPerson: boolean;
  /** Hosts by outcome. */
  readonly counts: Readonly<Partial<Record<Outcome, number>>>;
  /** Limits that stopped it. */
  readonly stops: readonly RunStop[];
  /** Hosts that somebody may want to know of, those with the same end and the same reason together, the worst first. */
  readonly ends: readonly HostsEnd[];
  /** How many more such ends there are. */
  readonly moreEnds: number;
}

export interface RunStop {
  readonly limit: string;
  readonly reason: string;
  readonly hint?: string;
}

export interface HostsEnd {
  readonly outcome: Outcome;
  readonly reason: string;
  readonly hosts: readonly string[];
  /** How many more there are than are named. */
  readonly moreHosts: number;
}

/** No run could begin, or its time was missed. */
export interface ScheduleNotification extends Told {
  readonly type: 'schedule-failed' | 'schedule-missed';
  readonly schedule: string;
  readonly runbook: string;
  /** The key of the occurrence; of several that were missed, of the last. */
  readonly occurrence: string;
  /** Why, in words; empty when it was missed. */
  readonly reason: string;
  /** How many, and the key of the first of them. */
  readonly count: number;
  readonly since: string;
}

/** Sent by hand, to see whether it arrives. */
export interface TestNotification extends Told {
  readonly type: 'test';
  readonly user: string;
}
