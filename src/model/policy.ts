import type { Risk } from './action.ts';
import type { HostPlan } from './plan.ts';
import type { Share } from './runbook.ts';
import type { SourceRange } from './source.ts';

/** Who or what started a run. */
export const TRIGGERS = ['person', 'unattended', 'schedule'] as const;
export type Trigger = (typeof TRIGGERS)[number];

/** A site's rule: it only tightens. */
export interface PolicyRule {
  /** As written, or `rule 3`. */
  readonly name: string;
  readonly when: Condition;
  /** Absent: nothing lifts it. */
  readonly unless?: Condition;
  /** Of each host that it holds for. `repair` false: it is diagnosed and nothing else. */
  readonly repair: boolean;
  readonly maxRisk?: Risk;
  /** Of each run that has such a host selected. */
  readonly caps: Caps;
  readonly at: SourceRange;
}

export interface Caps {
  readonly maxFailures?: Share;
  readonly maxUnreachable?: Share;
  readonly brakePercent?: number;
  readonly forks?: number;
}

/** All that is given must be so; nothing given: always. */
export interface Condition {
  readonly triggers?: readonly Trigger[];
  /** A pattern of hosts. */
  readonly hosts?: string;
  /** Names and globs. */
  readonly runbooks?: readonly string[];
  readonly time?: TimeWindow;
}

/** By their numbers. */
export const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/** Minutes after midnight in the zone; past midnight when `to` is not after `from`. */
export interface TimeWindow {
  readonly from: number;
  readonly to: number;
  /** On which it begins; 0 is Sunday. Absent: every day. */
  readonly days?: readonly number[];
  readonly timezone: string;
}

/** What the rules of a site say of a run, each time anew: the clock goes on. */
export interface SitePolicy {
  /** What is planned for a host, as far as it may be begun now: else it is `refused` there, with the reason. */
  review(planned: HostPlan): HostPlan;
  /** The highest risk of a step that may be sent to the host. Absent: a rule limits it no further. */
  mostRisk(host: string): HostPolicy['maxRisk'];
}

/** What holds for one host of a run, the strictest of all rules; the names say whose it is, for the reason. */
export interface HostPolicy {
  readonly repair: { readonly allowed: true } | { readonly allowed: false; readonly rule: PolicyRule };
  readonly maxRisk?: { readonly risk: Risk; readonly rule: PolicyRule };
}
