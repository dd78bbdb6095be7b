import { pageOf } from '../app/views.ts';
import type { RunEvent, RunFinished, RunStarted } from '../model/event.ts';
import type { Plan } from '../model/plan.ts';
import { HostStories } from '../reporters/host-story.ts';
import { createLinesReporter } from '../reporters/lines.ts';
import { renderPlan } from '../reporters/plan-text.ts';
import { renderRun } from '../reporters/run-text.ts';
import { sinkOf } from '../reporters/sink.ts';
import { printableLine } from '../util/printable.ts';
import { localTime } from './local-time.ts';
import { entry } from './text.ts';
import type { TerminalStream, Terminal } from './terminal.ts';

/** A run as it was: who and why, then each host's story; verbose, before that every step and all it printed. */
export async function renderPastRun(
  events: Iterable<RunEvent>,
  carriedOutBy: string | undefined,
  { out }: Terminal,
  verbose: boolean,
): Promise<void> {
  const stories = new HostStories();
  const log = verbose ? createLinesReporter(sinkOf(out.stream), { verbose }) : undefined;
  let plan: Plan | undefined;
  let mode: RunStarted['mode'] = 'run';
  let runId = '';
  let end: RunFinished | undefined;
  for (const event of events) {
    if (event.type === 'run-started') {
      out.print(header(event, out));
      ({ mode, runId } = event);
    }
    if (event.type === 'plan-made') ({ plan } = event);
    if (event.type === 'run-finished') end = event;
    stories.accept(event);
    log?.accept(event);
  }
  await log?.close();
  if (mode === 'plan' && plan !== undefined) {
    const standing =
      carriedOutBy === undefined ? ({ kind: 'open' } as const) : { kind: 'carried-out' as const, by: carriedOutBy };
    out.print(`\n${renderPlan(plan, { ...pageOf(out), standing, verbose })}`);
  } else if (end !== undefined) out.print(`\n${renderRun(stories, end, runId, { ...pageOf(out), quiet: false })}`);
  if (end === undefined)
    out.print(`\n${out.style('warn', 'It has not finished: it runs still, or its process died.')}\n`);
}

function header(event: RunEvent & RunStarted, out: TerminalStream): string {
  const { startedBy, runbook, mode, runId, at, hosts, version } = event;
  const login =
    startedBy.loginUser === '' || startedBy.loginUser === startedBy.user ? '' : `, logged in as ${startedBy.loginUser}`;
  const facts = [
    ['run', runId],
    ['started', `${localTime(at)} by ${startedBy.user}@${startedBy.machine}${login} (${startedBy.trigger})`],
    ...(startedBy.reason === '' ? [] : [['reason', startedBy.reason] as const]),
    ['hosts', hosts.join(', ')],
    ['version', `runbook ${version}`],
  ] as const;
  const head = `${out.style('strong', printableLine(runbook))}  ${mode}\n`;
  return head + facts.map(([name, text]) => `${entry(name, 8, text, out)}\n`).join('');
}
