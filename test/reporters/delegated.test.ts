import assert from 'node:assert/strict';
import type { EventBody, RunFinished } from '../../src/model/event.ts';
import type { PlannedCommand } from '../../src/model/plan.ts';
import { HostStories } from '../../src/reporters/host-story.ts';
import { createLinesReporter } from '../../src/reporters/lines.ts';
import { liveRows } from '../../src/reporters/live-rows.ts';
import { renderPlan } from '../../src/reporters/plan-text.ts';
import { renderRun } from '../../src/reporters/run-text.ts';
import { PLAIN } from '../../src/util/style.ts';
import { hostFinished, intended, runFinished, runStarted, stamped, stepEnded } from './events.ts';
import { exact, hostPlan, planOf, plannedStep } from './plans.ts';

const PAGE = { style: PLAIN, columns: Number.POSITIVE_INFINITY };

const on = (body: EventBody, name: string): EventBody => ({ ...body, on: name }) as EventBody;
const shared: EventBody = { ...stepEnded('web02', 'ok', '', 'purge'), execution: '', onceBy: 'web01' } as EventBody;

const EVENTS = stamped(
  { ...runStarted('web01', 'web02'), delegates: ['lb01'] } as EventBody,
  { type: 'lock-taken', host: 'lb01', incarnation: '0' },
  on(intended('web01', 'drain'), 'lb01'),
  on(stepEnded('web01', 'changed', '', 'drain'), 'lb01'),
  shared,
  hostFinished('web01', 'repaired'),
  hostFinished('web02', 'repaired'),
  runFinished({ repaired: 2 }),
);

function stories(upTo = EVENTS.length): HostStories {
  const all = new HostStories();
  for (const event of EVENTS.slice(0, upTo)) all.accept(event);
  return all;
}

describe('a step on another host, and one for all hosts', () => {
  it('are told as such at the end of a run, where a delegate has no line of its own', () => {
    const text = renderRun(stories(), EVENTS.at(-1) as RunFinished & (typeof EVENTS)[number], '01test', {
      ...PAGE,
      quiet: false,
    });
    assert.match(text, /^ {2}changed +drain on lb01: /m);
    assert.match(text, /^ {2}note +purge: carried out once, by web01$/m);
    assert.doesNotMatch(text, /^lb01/m);
  });

  it('are told as such line by line', () => {
    let text = '';
    const sink = { write: (part: string) => void (text += part), drain: () => Promise.resolve() };
    const reporter = createLinesReporter(sink, { verbose: false });
    for (const event of EVENTS) reporter.accept(event);
    assert.match(text, /^web01: fix drain on lb01: /m);
    assert.match(text, /^web01: drain on lb01: changed after /m);
    assert.match(text, /^web02: purge: carried out once, by web01$/m);
  });

  it('are told as such while they run', () => {
    const rows = liveRows([...stories(3).byHost.values()], { columns: 120, rows: 20, style: PLAIN, frame: 0 });
    assert.match(rows.join('\n'), /web01 .* on lb01$/m);
  });

  it('are told as such in a plan', () => {
    const drain = exact('drain web01', 'drain web01 again');
    assert.ok(drain.kind === 'exact');
    const there: PlannedCommand = { ...drain, items: drain.items.map((item) => ({ ...item, on: 'lb01' })) };
    const steps = [
      plannedStep('drain', there),
      plannedStep('purge', exact('purge'), { once: true }),
      plannedStep('edit', { kind: 'unknown-until', step: 'edit', others: true }),
    ];
    const text = renderPlan(planOf([hostPlan('web01', 'needs-fix', { steps })]), {
      ...PAGE,
      verbose: false,
      standing: { kind: 'open' },
    });
    assert.match(text, /^ {2}run +drain on lb01: drain web01$/m);
    assert.match(text, /^ +on lb01: drain web01 again$/m);
    assert.match(text, /once, by the first host of the run that comes to it; the others have its result/);
    assert.match(text, /edit: what exactly is known when edit is done for the other hosts/);
  });
});
