import type { Clock } from '../model/clock.ts';
import type { Say, ServeEvent } from '../server/serve-event.ts';
import { printableLine } from '../util/printable.ts';
import type { TerminalStream } from './terminal.ts';

export interface ServeLogOptions {
  readonly json: boolean;
  /** Its reader writes the time down itself, and takes the level from the beginning of the line (sd-daemon(3)). */
  readonly isJournal: boolean;
}

type LogStream = Pick<TerminalStream, 'style' | 'print'>;

const LEVELS = { error: '<3>', warning: '<4>', info: '<6>' } as const;

/** Writes one line for each thing that happens. */
export function serveLog({ json, isJournal }: ServeLogOptions, out: LogStream, clock: Clock): Say {
  const at = (): string => new Date(clock.now()).toISOString();
  return (event) => {
    if (json) out.print(`${JSON.stringify({ at: at(), ...event })}\n`);
    else if (isJournal) out.print(`${LEVELS[event.level]}${lineOf(event)}\n`);
    else out.print(`${out.style('dim', at().replace(/\.\d+Z$/, 'Z'))} ${colored(event, out)}\n`);
  };
}

function lineOf({ occurrence, runId, message }: ServeEvent): string {
  const of = occurrence === undefined ? '' : `${occurrence.schedule} ${occurrence.key.split('/')[0] ?? ''}: `;
  return printableLine(`${of}${message}${runId === undefined ? '' : ` (run ${runId})`}`);
}

function colored(event: ServeEvent, { style }: LogStream): string {
  const line = lineOf(event);
  return event.level === 'info' ? line : style(event.level === 'error' ? 'bad' : 'warn', line);
}
