import type { RunEvent } from '../../src/model/event.ts';

/** What the record of a run may never say, whatever happened to it. Each broken rule is one line; all is well when there is none. */
export function brokenRules(events: readonly RunEvent[]): readonly string[] {
  return [
    ...eventsInOrder(events),
    ...intentsBeforeEffects(events),
    ...oneStartOfEach(events),
    ...undoneOnlyAfterFixed(events),
    ...onlyChosenHosts(events),
    ...outcomesStay(events),
    ...outcomesAddUp(events),
    ...epochsRise(events),
    ...unknownIsShown(events),
  ];
}

function eventsInOrder(events: readonly RunEvent[]): readonly string[] {
  return events.flatMap(({ seq }, index) => (seq === index + 1 ? [] : [`event ${index + 1} has number ${seq}`]));
}

/** I1: no effect without a durable intent. */
function intentsBeforeEffects(events: readonly RunEvent[]): readonly string[] {
  const intended = new Set<string>();
  return events.flatMap((event) => {
    if (event.type === 'step-intended') intended.add(`${event.host} ${event.execution}`);
    const hasEffect = event.type === 'step-ended' && event.execution !== '' && event.status === 'changed';
    return hasEffect && !intended.has(`${event.host} ${event.execution}`)
      ? [`I1: ${event.step} (${event.execution}) changed something and was never intended`]
      : [];
  });
}

/** I2: at most one start of each attempt, and of each step one that ended well. */
function oneStartOfEach(events: readonly RunEvent[]): readonly string[] {
  const starts = events.flatMap((event) =>
    event.type === 'step-intended' ? [`${event.host} ${event.execution} ${event.attempt}`] : [],
  );
  const well = events.flatMap((event) =>
    event.type === 'step-ended' && event.status === 'changed' ? [`${event.host} ${event.execution}`] : [],
  );
  return [
    ...twice(starts).map((start) => `I2: ${start} was intended twice`),
    ...twice(well).map((end) => `I2: ${end} changed twice`),
  ];
}

/** I5. */
function undoneOnlyAfterFixed(events: readonly RunEvent[]): readonly string[] {
  const fixed = new Set<string>();
  return events.flatMap((event) => {
    if (event.type !== 'step-intended') return [];
    if (event.phase === 'fix') fixed.add(event.host);
    return event.phase === 'rollback' && !fixed.has(event.host)
      ? [`I5: ${event.host} was rolled back before a fix`]
      : [];
  });
}

/** I6: no step on a host outside of those that were chosen at the start. */
function onlyChosenHosts(events: readonly RunEvent[]): readonly string[] {
  const started = events.find((event) => event.type === 'run-started');
  const chosen = new Set([...(started?.hosts ?? []), ...(started?.delegates ?? [])]);
  return events.flatMap((event) =>
    event.type === 'step-intended' && !chosen.has(event.on ?? event.host) ? [`I6: ${event.host} was not chosen`] : [],
  );
}

/** I7: an outcome changes only where the run was resumed for that host. */
function outcomesStay(events: readonly RunEvent[]): readonly string[] {
  const ended = new Set<string>();
  return events.flatMap((event) => {
    if (event.type === 'run-resumed') for (const host of event.hosts) ended.delete(host);
    if (event.type !== 'host-finished') return [];
    const again = ended.has(event.host);
    ended.add(event.host);
    return again ? [`I7: ${event.host} ended twice`] : [];
  });
}

/** I10. */
function outcomesAddUp(events: readonly RunEvent[]): readonly string[] {
  const started = events.find((event) => event.type === 'run-started');
  return events.flatMap((event) => {
    if (event.type !== 'run-finished' || started === undefined) return [];
    const sum = Object.values(event.counts).reduce((total, count) => total + count, 0);
    return sum === started.hosts.length ? [] : [`I10: ${sum} outcomes of ${started.hosts.length} hosts`];
  });
}

/** I11. */
function epochsRise(events: readonly RunEvent[]): readonly string[] {
  const last = new Map<string, number>();
  return events.flatMap((event) => {
    if (event.type !== 'lock-taken' || event.epoch === undefined) return [];
    const before = last.get(event.host) ?? -1;
    last.set(event.host, event.epoch);
    return event.epoch < before ? [`I11: ${event.host} was locked at ${before}, then at ${event.epoch}`] : [];
  });
}

/** I12: a host on which the last that is known of a change is that nobody knows ends `unknown`. */
function unknownIsShown(events: readonly RunEvent[]): readonly string[] {
  const lastOf = new Map<string, string>();
  const outcomes = new Map<string, string>();
  for (const event of events) {
    if (event.type === 'step-ended' && event.execution !== '')
      lastOf.set(`${event.host} ${event.execution}`, event.status);
    if (event.type === 'host-finished') outcomes.set(event.host, event.outcome);
  }
  const settled = new Set(
    events.flatMap((event) => (event.type === 'step-intended' ? [`${event.host} ${event.execution}`] : [])),
  );
  return [...lastOf].flatMap(([key, status]) => {
    const [host = ''] = key.split(' ');
    const outcome = outcomes.get(host);
    const hidden = status === 'unknown' && settled.has(key) && (outcome === 'repaired' || outcome === 'healthy');
    return hidden ? [`I12: ${host} ends ${outcome}, and nobody knows how ${key} ended`] : [];
  });
}

function twice(names: readonly string[]): readonly string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}
