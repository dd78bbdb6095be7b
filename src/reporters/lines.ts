import type { RunEvent } from '../model/event.ts';
import type { Reporter } from '../model/reporter.ts';
import { count } from '../util/count.ts';
import { printable, printableLine } from '../util/printable.ts';
import { formatDuration } from '../util/duration.ts';
import { unreachable } from '../util/unreachable.ts';
import { LEASE, waitingText } from './host-story.ts';
import { onceText, onText } from './place-text.ts';
import type { LineSink } from './sink.ts';

export interface LinesOptions {
  /** Also every step, and what it printed. */
  readonly verbose: boolean;
}

/** What happens, a line each, `host: what`: for logs, mails, and everything that is no terminal. */
export function createLinesReporter(sink: LineSink, options: LinesOptions): Reporter {
  return {
    accept: (event) => {
      // Names, too, are what somebody wrote.
      for (const line of linesOf(event, options.verbose)) sink.write(`${printable(line)}\n`);
    },
    close: () => sink.drain(),
  };
}

function linesOf(event: RunEvent, verbose: boolean): readonly string[] {
  switch (event.type) {
    case 'run-started':
      return [
        `${event.mode} ${printableLine(event.runbook)} on ${count(event.hosts.length, 'host')}, run ${event.runId}`,
      ];
    case 'host-connected':
      return connected(event, verbose);
    case 'host-unreachable':
      return []; // its end says the same
    case 'host-waiting':
      return [`${event.host}: ${waitingText(event)}`];
    case 'phase-started':
      return verbose || event.phase === 'verify' || event.phase === 'rollback' ? [`${event.host}: ${event.phase}`] : [];
    case 'step-started':
      return verbose ? [`${event.host}: ${event.step}${onText(event)}: ${printableLine(event.name)}`] : [];
    case 'step-intended':
      return [`${event.host}: ${whatOf(event)}${printableLine(event.summary)}`];
    case 'evidence':
      return verbose ? outputLines(`${event.host}: ${event.step}: `, event.output.text) : [];
    case 'step-ended':
      return stepEnded(event, verbose);
    case 'findings-evaluated':
      return event.moment === 'survey' ? presentFindings(event) : [];
    case 'plan-made':
      return [];
    case 'approved':
      return [
        `approved by ${printableLine(event.by)}${event.plan === undefined ? '' : `, by naming the plan ${event.plan}`}`,
      ];
    case 'lock-taken':
      if (event.lease === true) return [`${event.host}: ${LEASE}`];
      return verbose ? [`${event.host}: locked`] : [];
    case 'attempt-begun':
      return [];
    case 'run-resumed':
      return [
        `${event.how === 'resume' ? 'resumed' : 'rolled back'} by ${event.startedBy.user}: ${event.hosts.join(', ')}`,
      ];
    case 'step-awaited':
      return [`${event.host}: ${event.step}${onText(event)}: still runs there; its end is awaited`];
    case 'step-settled':
      return [`${event.host}: ${event.step}${onText(event)}: ${settledText(event)}`];
    case 'batch-started':
      return event.batches === 1
        ? []
        : [`batch ${event.batch} of ${event.batches}: ${count(event.hosts.length, 'host')}`];
    case 'limit-reached':
      return [
        `stopped by ${event.limit}: ${printableLine(event.reason)}`,
        ...(event.hint === undefined ? [] : [printableLine(event.hint)]),
      ];
    case 'proof-round':
      return proofRound(event, verbose);
    case 'host-finished':
      return [`${event.host}: ${event.outcome}${event.reason === '' ? '' : `: ${printableLine(event.reason)}`}`];
    case 'run-interrupted':
      return [`${event.signal}: nothing new starts, running steps are awaited; once more ends them too`];
    case 'run-finished':
      return [`finished in ${(event.durationMs / 1000).toFixed(1)} s, exit code ${event.exitCode}`];
    default:
      return unreachable(event);
  }
}

const whatOf = (event: EventOf<'step-intended'>): string =>
  event.phase === 'exec' ? '' : `${event.phase} ${event.step}${onText(event)}: `;

type EventOf<T extends RunEvent['type']> = Extract<RunEvent, { readonly type: T }>;

function connected(event: EventOf<'host-connected'>, verbose: boolean): readonly string[] {
  const { host, facts, chosen, learned = [] } = event;
  const by = chosen === undefined ? '' : ` by ${printableLine(chosen)}`;
  const how = `${host}: connected${by} (${facts.os} ${facts.os_version}, ${facts.kernel})`;
  return [...(verbose ? [how] : []), ...learned.map((what) => `${host}: ${printableLine(what)}`)];
}

function stepEnded(event: EventOf<'step-ended'>, verbose: boolean): readonly string[] {
  if (event.onceBy !== undefined) return [`${event.host}: ${event.step}: ${onceText(event)}`];
  const failed = event.status === 'failed' || event.status === 'unknown';
  if (!verbose && (event.phase === 'exec' || (!failed && event.status !== 'changed'))) return []; // its host's end says the same
  const why = event.error === '' ? '' : `: ${printableLine(event.error)}`;
  const status = event.again === true ? 'not yet' : event.status;
  const after = event.durationMs === 0 ? '' : ` after ${formatDuration(event.durationMs)}`;
  return [`${event.host}: ${event.step}${onText(event)}: ${status}${after}${why}`];
}

function settledText({ state, why }: EventOf<'step-settled'>): string {
  switch (state) {
    case 'ended':
      return 'it had ended; the host has kept how';
    case 'not-started':
      return `it never began${why === '' ? '' : `: ${printableLine(why)}`}`;
    case 'unknown':
      return `nobody knows how it ended: ${printableLine(why)}`;
    default:
      return unreachable(state);
  }
}

function presentFindings(event: EventOf<'findings-evaluated'>): readonly string[] {
  return event.findings
    .filter((finding) => finding.state !== 'absent')
    .map(({ name, state, summary, error }) => {
      const what = state === 'present' ? summary : `undetermined: ${error ?? ''}`;
      return `${event.host}: found ${name}: ${printableLine(what)}`;
    });
}

function proofRound(event: EventOf<'proof-round'>, verbose: boolean): readonly string[] {
  if (!event.passed) return event.failures.map((failure) => `${event.host}: not yet: ${printableLine(failure)}`);
  if (!verbose) return [];
  return [`${event.host}: held ${formatDuration(event.heldMs)} of ${formatDuration(event.soakMs)}`];
}

function outputLines(prefix: string, text: string): readonly string[] {
  if (text === '') return [];
  return printable(text.replace(/\n$/, '').replaceAll('\r\n', '\n'))
    .split('\n')
    .map((line) => `${prefix}${line}`);
}
