import type { Stamp, RunEvent, RunFinished, RunStarted } from '../model/event.ts';
import type { HostsEnd, RunNotification, RunStop } from '../model/notification.ts';
import type { Outcome } from '../model/result.ts';
import { NOTABLE } from './told.ts';

const MOST_ENDS = 20;
const MOST_HOSTS = 30;

/** Somebody must look at a host that ends so. `refused` only by the plan: see `RunStory`. */
const FOR_A_PERSON: ReadonlySet<Outcome> = new Set(['rollback-failed', 'unknown', 'not-repaired', 'rolled-back']);

/** A notification, and the hosts it is about, for those who are only told of some. */
export interface RunToTell {
  readonly notification: RunNotification;
  /** That need a person; when it is about none in particular, all. */
  readonly hosts: readonly string[];
}

/** Pure: what there is to tell of the run with these events; undefined: it has not ended. */
export function runNotification(events: Iterable<RunEvent>, machine: string): RunToTell | undefined {
  const story = readStory(events);
  if (story === undefined) return undefined;
  const { started, startedBy, end } = story;
  const counted = started.mode === 'run';
  const needing = counted ? hostsForAPerson(story) : [];
  const stops = counted ? story.stops : [];
  const ends = endsOf(end);
  const notification: RunNotification = {
    type: 'run-finished',
    id: `${end.runId}/${end.seq}`,
    at: end.at,
    machine,
    runId: end.runId,
    mode: started.mode,
    runbook: started.runbook,
    trigger: startedBy.trigger,
    user: startedBy.user,
    exitCode: end.exitCode,
    needsPerson: needing.length > 0 || stops.length > 0,
    counts: end.counts,
    stops,
    ends: ends.slice(0, MOST_ENDS),
    moreEnds: Math.max(0, ends.length - MOST_ENDS),
  };
  return { notification, hosts: needing.length > 0 ? needing : Object.keys(end.hosts) };
}

interface RunStory {
  readonly started: RunStarted;
  /** Of the last session. */
  readonly startedBy: RunStarted['startedBy'];
  readonly stops: readonly RunStop[];
  /** Sick, and kept from a repair by a rule of the site, a cooldown, attempts or a risk: no other process is at it, and nobody said no. */
  readonly refusedByPlan: ReadonlySet<string>;
  readonly end: RunFinished & Stamp;
}

function readStory(events: Iterable<RunEvent>): RunStory | undefined {
  let started: RunStarted | undefined;
  let startedBy: RunStarted['startedBy'] | undefined;
  let end: RunStory['end'] | undefined;
  let refusedByPlan = new Set<string>();
  const stops = new Map<string, RunStop>();
  for (const event of events) {
    if (event.type === 'run-started') started = event;
    if (event.type === 'run-started' || event.type === 'run-resumed') startedBy = event.startedBy;
    // It is open again.
    if (event.type === 'run-resumed') end = undefined;
    if (event.type === 'plan-made') {
      const refused = event.plan.hosts.filter(({ outcome }) => outcome === 'refused');
      refusedByPlan = new Set(refused.map(({ host }) => host));
    }
    if (event.type === 'limit-reached') {
      const { limit, reason, hint } = event;
      stops.set(limit, { limit, reason, ...(hint !== undefined && { hint }) });
    }
    if (event.type === 'run-finished') end = event;
  }
  if (started === undefined || startedBy === undefined || end === undefined) return undefined;
  return { started, startedBy, stops: [...stops.values()], refusedByPlan, end };
}

function hostsForAPerson({ end, refusedByPlan }: RunStory): readonly string[] {
  const needs = ([host, { outcome }]: [string, { readonly outcome: Outcome }]): boolean =>
    FOR_A_PERSON.has(outcome) || (outcome === 'refused' && refusedByPlan.has(host));
  return Object.entries(end.hosts)
    .filter(needs)
    .map(([host]) => host);
}

function endsOf({ hosts }: RunFinished): readonly HostsEnd[] {
  const groups = new Map<string, { outcome: Outcome; reason: string; hosts: string[] }>();
  for (const [host, { outcome, reason }] of Object.entries(hosts)) {
    if (!NOTABLE.includes(outcome)) continue;
    const key = JSON.stringify([outcome, reason]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { outcome, reason, hosts: [host] });
    else group.hosts.push(host);
  }
  return [...groups.values()]
    .toSorted((a, b) => NOTABLE.indexOf(a.outcome) - NOTABLE.indexOf(b.outcome) || b.hosts.length - a.hosts.length)
    .map(({ outcome, reason, hosts: names }) => ({
      outcome,
      reason: reason.slice(0, 1000),
      hosts: names.slice(0, MOST_HOSTS),
      moreHosts: Math.max(0, names.length - MOST_HOSTS),
    }));
}
