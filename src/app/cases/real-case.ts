import { randomBytes } from 'node:crypto';
import { secretsOf } from '../../execute/record/secrets-of.ts';
import type { Case, Faults } from '../../model/case.ts';
import type { Outcome } from '../../model/result.ts';
import type { Runbook } from '../../model/runbook.ts';
import { HostStories } from '../../reporters/host-story.ts';
import type { Recording } from '../../transports/recording.ts';
import { Redactor } from '../../util/redact.ts';
import { ok } from '../../util/result.ts';
import { ACTIONS } from '../actions.ts';
import { prepareRunbook, type Prepared } from '../prepare.ts';
import { run } from '../run.ts';
import { SYSTEM_CLOCK } from '../system-clock.ts';
import { openTransports } from '../transports.ts';
import type { CaseEnd } from './case-end.ts';
import { caseRunbook, withActions } from './case-runbook.ts';
import { CaseStory, differencesOf } from './case-story.ts';
import { runText, type ShellPlace } from './fault-shell.ts';
import { unrecorded } from './unrecorded.ts';

export interface RealCase {
  readonly runbook: Runbook;
  readonly one: Case;
  readonly place: ShellPlace;
  /** Nothing new is started on the host; what was broken is healed all the same. */
  readonly stop: AbortSignal;
  /** What runs there is ended too. */
  readonly kill: AbortSignal;
  /** Keeps what the host says. */
  readonly recording?: Recording;
  /** Told what was made of the case before the run. */
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
  let redactor = new Redactor([]);
  const prepared = (made: Prepared): void => {
    redactor = new Redactor(secretsOf([...made.hosts, ...made.delegates]));
    work.prepared?.(made);
  };
  const end = await breakAndRun({ ...work, prepared });
  const { fault } = one;
  const healed =
    fault?.heal === undefined || end.state === 'no-evidence'
      ? ok(undefined)
      : await runText(fault.heal, 'changes', place, kill);
  const problems = [
    ...end.problems,
    ...(healed.ok ? [] : [`heal failed, ${place.host} is still broken: ${healed.error}`]),
  ].map((problem) => redactor.text(problem));
  const state = problems.length > 0 && !stop.aborted ? 'fails' : stop.aborted ? 'interrupted' : end.state;
  return { ...end, state, problems, host: place.host, durationMs: performance.now() - begun };
}

type Ran = Omit<CaseEnd, 'durationMs' | 'host'>;

async function breakAndRun(work: RealCase): Promise<Ran> {
  const { one, place, kill } = work;
  const failing = (...problems: readonly string[]): Ran => ({ case: one, state: 'fails', problems, notes: [] });
  const { fault, untouched, holds } = one;
  const broken = fault === undefined ? ok(undefined) : await runText(fault.break, 'changes', place, kill);
  if (!broken.ok) return failing(`the fault ${fault?.name ?? ''} could not be made: ${broken.error}`);
  const before = untouched === undefined ? ok(undefined) : await runText(untouched, 'reads', place, kill);
  if (!before.ok) return failing(`untouched: ${before.error}`);
  const ran = await runRunbook(work);
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

async function runRunbook({ runbook, one, place, stop, kill, recording, prepared: tell }: RealCase): Promise<Ran> {
  const made = caseRunbook(runbook, one, ACTIONS);
  const kept = recording === undefined ? made : withActions(made, (action) => recording.wrapAction(action));
  const selection = { ...place.selection, names: [place.host], runbook: runbook.name, params: [] };
  const opened = ok({ value: kept, sources: [], warnings: [] });
  const prepared = await prepareRunbook(opened, selection, place.here, one.params);
  if (!prepared.ok) {
    const { errors, diagnostics } = prepared.error;
    const problems = [...errors, ...diagnostics].map(({ message }) => message);
    return { case: one, state: 'fails', problems, notes: [] };
  }
  const spared = prepared.value.delegates.filter(({ host }) => !place.isDisposable(host.name));
  if (spared.length > 0) {
    const names = spared.map(({ host }) => host.name).join(', ');
    return {
      case: one,
      state: 'fails',
      problems: [`a step is delegated to ${names}, which does not say runbook_disposable: true in the inventory`],
      notes: [],
    };
  }
  tell?.(prepared.value);
  const story = new CaseStory();
  const stories = new HostStories();
  const journal = unrecorded(story, stories);
  const reached = [...prepared.value.hosts, ...prepared.value.delegates];
  const transportOf = await openTransports(reached.map(({ host }) => host));
  const by = place.startedBy.user;
  const ended = await run(
    prepared.value,
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
