import type { Notification, RunNotification, ScheduleNotification } from '../model/notification.ts';
import type { Outcome } from '../model/result.ts';
import { count } from '../util/count.ts';
import { printableLine } from '../util/printable.ts';
import { shorten } from '../util/shorten.ts';
import { unreachable } from '../util/unreachable.ts';

/** A notification in words, each text one line without control characters. */
export interface Told {
  /** All that matters, short. */
  readonly title: string;
  readonly lines: readonly string[];
  /** What shows more, on the machine from which it comes. */
  readonly command: string;
}

const LONGEST_TITLE = 140;
const LONGEST_LINE = 400;

/** Pure. */
export function inWords(notification: Notification): Told {
  const { title, lines, command } = wordsOf(notification);
  return {
    title: shorten(printableLine(title), LONGEST_TITLE),
    lines: lines.map((line) => shorten(printableLine(line), LONGEST_LINE)),
    command: printableLine(command),
  };
}

function wordsOf(notification: Notification): Told {
  switch (notification.type) {
    case 'run-finished':
      return wordsOfRun(notification);
    case 'schedule-failed':
    case 'schedule-missed':
      return wordsOfSchedule(notification);
    case 'test':
      return {
        title: `a test from ${notification.machine}`,
        lines: [`${notification.user} asked for it with runbook notify test; nothing has happened.`],
        command: 'runbook config show',
      };
    default:
      return unreachable(notification);
  }
}

function wordsOfRun({ runbook, runId, counts, stops, ends, moreEnds, exitCode, machine }: RunNotification): Told {
  const stopped = stops.map(({ limit }) => `stopped by ${limit}`);
  const notable = NOTABLE.filter((outcome) => (counts[outcome] ?? 0) > 0);
  const shown = notable.length > 0 ? notable : UNREMARKABLE.filter((outcome) => (counts[outcome] ?? 0) > 0);
  const hosts = shown.map((outcome) => `${count(counts[outcome] ?? 0, 'host')} ${words(outcome)}`);
  return {
    title: `${runbook}: ${[...stopped, ...hosts].join(', ')}`,
    lines: [
      ...stops.map(({ limit, reason, hint }) => `${limit}: ${reason}${hint === undefined ? '' : ` (${hint})`}`),
      ...ends.map(({ outcome, reason, hosts: names, moreHosts }) => {
        const more = moreHosts === 0 ? '' : ` and ${moreHosts} more`;
        return `${words(outcome)}: ${names.join(' ')}${more}: ${reason}`;
      }),
      ...(moreEnds === 0 ? [] : [`and ${count(moreEnds, 'more end')}`]),
      `exit code ${exitCode}, from ${machine}`,
    ],
    command: `runbook show ${runId}`,
  };
}

function wordsOfSchedule(notification: ScheduleNotification): Told {
  const { type, schedule, runbook, occurrence, reason, machine, since } = notification;
  const from = `the runbook ${runbook}, from ${machine}`;
  if (type === 'schedule-failed')
    return {
      title: `${schedule}: no run could begin at ${occurrence}`,
      lines: [reason, from],
      command: 'runbook schedule list',
    };
  const times = count(notification.count, 'time');
  return {
    title: `${schedule}: ${times} missed`,
    lines: [`from ${since} to ${occurrence}`, from],
    command: `runbook schedule history ${schedule}`,
  };
}

/** Worst first. */
export const NOTABLE: readonly Outcome[] = [
  'rollback-failed',
  'unknown',
  'not-repaired',
  'rolled-back',
  'refused',
  'not-started',
  'unreachable',
  'needs-fix',
  'failed',
  'repaired',
];
const UNREMARKABLE: readonly Outcome[] = ['healthy', 'not-applicable', 'done'];

const words = (outcome: Outcome): string => outcome.replaceAll('-', ' ');
