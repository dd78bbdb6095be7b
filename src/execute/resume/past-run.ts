import type { Approved, RunEvent, RunResumed, RunStarted } from '../../model/event.ts';
import type { Plan } from '../../model/plan.ts';
import type { Runbook } from '../../model/runbook.ts';
import { PastHostReader, type PastHost } from './past-host.ts';

/** A run as its record tells it. */
export interface PastRun {
  readonly started: RunStarted;
  readonly lastSeq: number;
  /** The last process that had it, where that is not the one that started it. */
  readonly resumed?: RunResumed;
  /** A person has asked to undo it, all of it or on some hosts. */
  readonly wasTakenBack: boolean;
  /** The plan that it made. */
  readonly plan?: Plan;
  readonly approved?: Approved;
  readonly hosts: ReadonlyMap<string, PastHost>;
  /** By the name of a host that steps were delegated to: the highest number that one of them was given. */
  readonly delegated: ReadonlyMap<string, number>;
}

/** Pure: undefined when these are not the events of a run. */
export function pastRun(runbook: Runbook, events: Iterable<RunEvent>): PastRun | undefined {
  const hosts = new Map<string, PastHostReader>();
  const delegated = new Map<string, number>();
  let started: RunStarted | undefined;
  let resumed: RunResumed | undefined;
  let wasTakenBack = false;
  let plan: Plan | undefined;
  let approved: Approved | undefined;
  let lastSeq = 0;
  for (const event of events) {
    lastSeq = event.seq;
    if (event.type === 'run-started') {
      started = event;
      for (const name of event.hosts) hosts.set(name, new PastHostReader(name, runbook));
    } else if (event.type === 'run-resumed') {
      resumed = event;
      wasTakenBack ||= event.how === 'rollback';
      for (const name of event.hosts) hosts.get(name)?.takeUp(event.how);
    } else if (event.type === 'plan-made') plan = event.plan;
    else if (event.type === 'approved') approved = event;
    else if (event.type === 'run-finished') for (const host of hosts.values()) host.free();
    if (!('host' in event)) continue;
    hosts.get(event.host)?.read(event);
    if ('execution' in event && event.type !== 'evidence' && event.on !== undefined) {
      const number = Number(event.execution.split('.').at(-1)) || 0;
      delegated.set(event.on, Math.max(delegated.get(event.on) ?? 0, number));
    }
  }
  if (started === undefined) return undefined;
  return {
    started,
    lastSeq,
    ...(resumed !== undefined && { resumed }),
    wasTakenBack,
    ...(plan !== undefined && { plan }),
    ...(approved !== undefined && { approved }),
    hosts: new Map([...hosts].map(([name, reader]) => [name, reader.past])),
    delegated,
  };
}
