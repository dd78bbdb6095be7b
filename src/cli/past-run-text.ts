import { pageOf } from '../app/views.ts';
import type { Overrides, RunEvent, RunFinished, RunResumed, RunStarted } from '../model/event.ts';
import type { Plan } from '../model/plan.ts';
import type { RunSelection } from '../model/selection.ts';
import { titleOf } from '../reporters/fold-hosts.ts';
import { HostStories } from '../reporters/host-story.ts';
import { ExecStories, renderExec } from '../reporters/exec-text.ts';
import { createLinesReporter } from '../reporters/lines.ts';
import { isOld } from '../plan/saved-plan.ts';
import type { PlanStanding } from '../reporters/plan-end.ts';
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
  const execs = new ExecStories();
  const log = verbose ? createLinesReporter(sinkOf(out.stream), { verbose }) : undefined;
  const chosen = new Map<string, readonly string[]>();
  let plan: Plan | undefined;
  let mode: RunStarted['mode'] = 'run';
  let runId = '';
  let end: RunFinished | undefined;
  for (const event of events) {
    if (event.type === 'run-started') {
      out.print(header(event, out));
      ({ mode, runId } = event);
    }
    if (event.type === 'run-resumed' && !verbose) out.print(resumed(event, out));
    if (event.type === 'host-connected' && event.chosen !== undefined)
      chosen.set(event.chosen, [...(chosen.get(event.chosen) ?? []), event.host]);
    if (event.type === 'plan-made') ({ plan } = event);
    if (event.type === 'run-finished') end = event;
    stories.accept(event);
    execs.accept(event);
    log?.accept(event);
  }
  await log?.close();
  if (!verbose)
    for (const [by, hosts] of chosen)
      out.print(`${entry('reached', 8, `by ${by}: ${titleOf(hosts, pageOf(out))}`, out)}\n`);
  if (mode === 'plan' && plan !== undefined) {
    out.print(`\n${renderPlan(plan, { ...pageOf(out), standing: standingOf(plan, carriedOutBy), verbose })}`);
  } else if (end !== undefined && mode === 'exec') {
    out.print(`\n${renderExec(execs, end, runId, { ...pageOf(out), quiet: false, verbose })}`);
  } else if (end !== undefined) out.print(`\n${renderRun(stories, end, runId, { ...pageOf(out), quiet: false })}`);
}

function standingOf(plan: Plan, carriedOutBy: string | undefined): PlanStanding {
  if (carriedOutBy !== undefined) return { kind: 'carried-out', by: carriedOutBy };
  return { kind: isOld(plan, Date.now()) ? 'old' : 'open' };
}

function header(event: RunEvent & RunStarted, out: TerminalStream): string {
  const { startedBy, runbook, mode, runId, at, hosts, overrides, version } = event;
  const login =
    startedBy.loginUser === '' || startedBy.loginUser === startedBy.user ? '' : `, logged in as ${startedBy.loginUser}`;
  const trigger = startedBy.shadow === true ? `${startedBy.trigger}, shadow` : startedBy.trigger;
  const facts = [
    ['run', runId],
    ['started', `${localTime(at)} by ${startedBy.user}@${startedBy.machine}${login} (${trigger})`],
    ...(startedBy.reason === '' ? [] : [['reason', startedBy.reason] as const]),
    ...(overrides === undefined ? [] : [['override', describeOverrides(overrides)] as const]),
    ['hosts', hosts.join(', ')],
    ...tagFacts(event.selection),
    ...(event.delegates === undefined ? [] : [['delegate', event.delegates.join(', ')] as const]),
    ['version', `runbook ${version}`],
  ] as const;
  const head = `${out.style('strong', printableLine(runbook))}  ${mode}\n`;
  return head + facts.map(([name, text]) => `${entry(name, 8, text, out)}\n`).join('');
}

function resumed({ at, how, startedBy: { user, machine } }: RunEvent & RunResumed, out: TerminalStream): string {
  const name = how === 'resume' ? 'resumed' : 'rollback';
  return `${entry(name, 8, `${localTime(at)} by ${user}@${machine}`, out)}\n`;
}

function tagFacts({ tags, skipTags }: Partial<RunSelection> = {}): readonly (readonly [string, string])[] {
  const only = tags === undefined ? [] : [`only ${tags.join(', ')}`];
  const without = skipTags === undefined ? [] : [`without ${skipTags.join(', ')}`];
  const both = [...only, ...without].join('; ');
  return both === '' ? [] : [['tags', both]];
}

/** As it was typed. */
function describeOverrides({ brakePercent, ignoreCooldown }: Overrides): string {
  const brake = brakePercent === undefined ? [] : [`--brake ${brakePercent}%`];
  const cooldown = ignoreCooldown === undefined ? [] : [`--ignore-cooldown ${ignoreCooldown}`];
  return [...brake, ...cooldown].join(', ');
}
