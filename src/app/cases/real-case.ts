import { randomBytes } from 'node:crypto';
import type { Faults } from '../../model/case.ts';
import type { Outcome } from '../../model/result.ts';
import { HostStories } from '../../reporters/host-story.ts';
import { ok } from '../../util/result.ts';
import { ACTIONS } from '../actions.ts';
import type { Prepared } from '../prepare.ts';
import { run } from '../run.ts';
import { SYSTEM_CLOCK } from '../system-clock.ts';
import { openTransports } from '../transports.ts';
import type { CaseEnd } from './case-end.ts';
import { CaseStory, differencesOf } from './case-story.ts';
import { runText, type ShellPlace } from './fault-shell.ts';
import { prepareCase, redactorOf, type CaseOnHost } from './prepare-case.ts';
import { unrecorded } from './unrecorded.ts';

export interface RealCase extends CaseOnHost {
  /** Nothing new is started on the host; what was broken is healed all the same. */
  readonly stop: AbortSignal;
  /** What runs there is ended too. */
  readonly kill: AbortSignal;
  /** Told what was made of the case before anything is done for it. */
  readonly prepared?: (prepared: Prepared) => void;
}

/** Run once per host before its first case. Undefined: it went well, or there is none. */
export async function setUp({ setup }: Faults, place: ShellPlace, kill: AbortSignal): Promise<string | undefined> {
  if (setup === undefined) return undefined;
  const done = await runText(setup, 'changes', place, kill);
  return done.ok ? undefined : `setup failed: ${done.error}`;
}

/** Breaks the host, runs the runbook there for real, looks at what it left, and heals the host whatever came of it. */
export async function realCase(work: RealCase): Promise<CaseEnd> {
  const { one, place, stop, kill } = work;
  const begun = performance.now();
  const prepared = await prepareCase(work);
  if (prepared.ok) work.prepared?.(prepared.value);
  const end = prepared.ok
    ? await breakAndRun(work, prepared.value)
    : ({ case: one, state: 'fails', problems: prepared.error, notes: [] } as const);
  const { fault } = one;
  const healed =
    fault?.heal === undefined || end.state === 'no-evidence' || !prepared.ok
      ? ok(undefined)
      : await runText(fault.heal, 'changes', place, kill);
  const redactor = redactorOf(prepared.ok ? [prepared.value] : []);
  const problems = [
    ...end.problems,
    ...(healed.ok ? [] : [`heal failed, ${place.host} is still broken: ${healed.error}`]),
  ].map((problem) => redactor.text(problem));
  const state = problems.length > 0 && !stop.aborted ? 'fails' : stop.aborted ? 'interrupted' : end.state;
  return { ...end, state, problems, host: place.host, durationMs: performance.now() - begun };
}

type Ran = Omit<CaseEnd, 'durationMs' | 'host'>;

async function breakAndRun(work: RealCase, prepared: Prepared): Promise<Ran> {
  const { one, place, kill } = work;
  const failing = (...problems: readonly string[]): Ran => ({ case: one, state: 'fails', problems, notes: [] });
  const { fault, untouched, holds } = one;
  const broken = fault === undefined ? ok(undefined) : await runText(fault.break, 'changes', place, kill);
  if (!broken.ok) return failing(`the fault ${fault?.name ?? ''} could not be made: ${broken.error}`);
  const before = untouched === undefined ? ok(undefined) : await runText(untouched, 'reads', place, kill);
  if (!before.ok) return failing(`untouched: ${before.error}`);
  const ran = await runRunbook(work, prepared);
  if (ran.came === undefined || work.stop.aborted) return ran;
  const after = untouched === undefined ? ok(undefined) : await runText(untouched, 'reads', place, kill);
  const held = holds === undefined ? ok(undefined) : await runText(holds, 'reads', place, kill);
  const problems = [
    ...ran.problems,
    ...(after.ok ? touched(before.value?.text ?? '', after.value?.text ?? '') : [`untouched: ${after.error}`]),
    ...(held.ok ? [] : [`holds: ${held.error}`]),
  ];
  return { ...ran, problems, state: problems.length === 0 ? 'holds' : 'fails' };
}

const MOST_LINES = 20;

function touched(before: string, after: string): readonly string[] {
  if (before === after) return [];
  const [was, is] = [before.split('\n'), after.split('\n')];
  const lines = [
    ...was.filter((line) => !is.includes(line)).map((line) => `- ${line}`),
    ...is.filter((line) => !was.includes(line)).map((line) => `+ ${line}`),
  ];
  return [['untouched: it is not as it was', ...lines.slice(0, MOST_LINES)].join('\n')];
}

async function runRunbook({ one, place, stop, kill, recording }: RealCase, prepared: Prepared): Promise<Ran> {
  const story = new CaseStory();
  const stories = new HostStories();
  const journal = unrecorded(story, stories);
  const reached = [...prepared.hosts, ...prepared.delegates];
  const transportOf = await openTransports(reached.map(({ host }) => host));
  const by = place.startedBy.user;
  const ended = await run(
    prepared,
    {
      mode: 'run',
      forks: 1,
      startedBy: place.startedBy,
      stop,
      kill,
      approve: () => Promise.resolve({ by, how: 'yes-option' }),
    },
    {
      actions: ACTIONS,
      journal,
      attempts: () => [],
      transportOf: (host) => recording?.wrap(transportOf(host)) ?? transportOf(host),
      clock: SYSTEM_CLOCK,
      randomBytes,
    },
  );
  await journal.close();
  if (!ended.ok) return { case: one, state: 'fails', problems: [ended.error.message], notes: [] };
  const came = story.result;
  const problems = differencesOf(one, came);
  return {
    case: one,
    state: problems.length === 0 ? 'holds' : 'fails',
    problems: [...problems, ...unreached(came.outcome, ended.value.finished.hosts[place.host]?.reason ?? '')],
    came,
    notes: [],
    run: stories,
  };
}

const unreached = (outcome: Outcome, reason: string): readonly string[] => (outcome === 'unreachable' ? [reason] : []);
