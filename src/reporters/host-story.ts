import type { ErrorInfo } from '../model/error.ts';
import type {
  BatchStarted,
  HostFinished,
  HostWaiting,
  LimitReached,
  RunEvent,
  RunMode,
  RunStarted,
} from '../model/event.ts';
import type { StepEnded, StepIntended, StepStarted } from '../model/step-event.ts';
import type { FindingReport } from '../model/result.ts';
import { formatDuration } from '../util/duration.ts';
import { printableLine } from '../util/printable.ts';
import { onceText, onText } from './place-text.ts';
import { unreachable } from '../util/unreachable.ts';

/** What has happened on one host so far: a fold over its events, the same live, at the end, and read back from the store. */
export interface HostStory {
  readonly host: string;
  readonly mode: RunMode;
  /** What it does now, in a few words. */
  stage: string;
  activity: string;
  /** As they were before the fix: what a run was about. */
  findings: readonly FindingReport[];
  readonly changes: Change[];
  /** What is less than usual there, though nothing failed. */
  readonly notes: string[];
  /** Reading steps that failed; not those of the proof, which tells its own. */
  readonly failures: StepEnded[];
  proof: { readonly heldMs: number; readonly failures: readonly string[] } | undefined;
  error: ErrorInfo | undefined;
  finished: HostFinished | undefined;
  /** A lock that is taken anew is no new stage. */
  isLocked: boolean;
}

/** A step that was to change the host. */
export interface Change {
  readonly intent: StepIntended;
  /** Absent while it runs. */
  ended?: StepEnded;
}

/** Said where nothing on the host can take a lock of the kernel's. */
export const LEASE = 'locked by a directory, as there is no flock (package util-linux)';

export class HostStories {
  readonly byHost = new Map<string, HostStory>();
  /** Undefined until it is told of. */
  started: RunStarted | undefined;
  batches: readonly BatchStarted[] = [];
  limits: readonly LimitReached[] = [];

  accept(event: RunEvent): void {
    if (event.type === 'run-started') this.started = event;
    if (event.type === 'batch-started') this.batches = [...this.batches, event];
    if (event.type === 'limit-reached') this.limits = [...this.limits, event];
    if (event.type === 'run-started') for (const host of event.hosts) this.byHost.set(host, newStory(host, event.mode));
    if (event.type === 'run-resumed') for (const host of event.hosts) this.#takeUp(host);
    const story = 'host' in event ? this.byHost.get(event.host) : undefined;
    if (story !== undefined) tell(story, event);
  }

  /** Another session goes on with the host. */
  #takeUp(host: string): void {
    const story = this.byHost.get(host) ?? newStory(host, 'run');
    this.byHost.set(
      host,
      Object.assign(story, { stage: 'connect', activity: '', finished: undefined, isLocked: false }),
    );
  }
}

function newStory(host: string, mode: RunMode): HostStory {
  return {
    host,
    mode,
    stage: 'connect',
    activity: '',
    findings: [],
    changes: [],
    notes: [],
    failures: [],
    proof: undefined,
    error: undefined,
    finished: undefined,
    isLocked: false,
  };
}

function tell(story: HostStory, event: RunEvent): void {
  switch (event.type) {
    case 'host-connected':
      if (story.stage === 'connect') story.stage = story.mode === 'exec' ? 'connected' : 'diagnose';
      else story.activity = 'connected again';
      story.notes.push(...(event.learned ?? []));
      break;
    case 'host-unreachable':
      story.error = event.error;
      break;
    case 'host-waiting':
      story.activity = waitingText(event);
      break;
    case 'phase-started':
      story.stage = event.phase;
      story.activity = '';
      break;
    case 'step-started':
      beginStep(story, event);
      break;
    case 'step-intended':
      beginStep(story, event);
      story.changes.push({ intent: event });
      break;
    case 'step-ended':
      endStep(story, event);
      break;
    case 'findings-evaluated':
      if (event.moment !== 'proof' && story.changes.length === 0) story.findings = event.findings;
      break;
    case 'lock-taken':
      if (!story.isLocked) {
        story.stage = 'lock';
        story.activity = 'waits for its turn';
        if (event.lease === true) story.notes.push(LEASE);
      }
      story.isLocked = true;
      break;
    case 'proof-round':
      story.proof = { heldMs: event.heldMs, failures: event.failures };
      story.activity = event.passed
        ? `held ${Math.floor(event.heldMs / 1000)} s of ${formatDuration(event.soakMs)}`
        : `not yet: ${event.failures[0] ?? ''}`;
      break;
    case 'host-finished':
      story.finished = event;
      if (story.findings.length === 0) story.findings = event.findings;
      break;
    case 'step-awaited':
      story.activity = `${event.step}${onText(event)} still runs there; its end is awaited`;
      break;
    case 'run-started':
    case 'run-resumed':
    case 'step-settled':
    case 'plan-made':
    case 'approved':
    case 'evidence':
    case 'attempt-begun':
    case 'batch-started':
    case 'limit-reached':
    case 'run-interrupted':
    case 'run-finished':
      break;
    default:
      unreachable(event);
  }
}

/** One line: what a host waits for, and for how long at most. */
export function waitingText({ what, reason, forMs }: HostWaiting): string {
  const limit = formatDuration(forMs);
  if (what === 'lock') return `waiting up to ${limit}: ${printableLine(reason)}`;
  return `${printableLine(reason)}; connecting again, for up to ${limit}`;
}

/** The only step of an exec has no name of its own. */
function beginStep(story: HostStory, event: StepStarted | StepIntended): void {
  const { phase, name } = event;
  if (phase === 'exec') story.stage = phase;
  story.activity = phase === 'exec' ? '' : `${name}${onText(event)}`;
}

function endStep(story: HostStory, event: StepEnded): void {
  const change = story.changes.find((each) => each.intent.execution === event.execution);
  if (event.onceBy !== undefined && event.status === 'ok') story.notes.push(`${event.step}: ${onceText(event)}`);
  if (event.again === true) story.activity = `not yet: ${event.name}`;
  if (change !== undefined) change.ended = event;
  else if (
    event.phase !== 'verify' &&
    event.again !== true &&
    (event.status === 'failed' || event.status === 'unknown')
  ) {
    story.failures.push(event);
  }
}
