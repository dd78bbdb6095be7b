import { constants } from 'node:os';
import type { CommandEnd, CommandResult } from '../../model/script.ts';
import type { Report } from './command.ts';
import { leftOf, type Left } from './stop.ts';

const SIGNALS = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name.slice(3)]));

/** What the host's shell reported, in the words of the contract. No report is never a success and never a failure. */
export function resultOf(report: Report): CommandResult {
  return { end: endOf(report), stdout: report.stdout, stderr: report.stderr, durationMs: report.durationMs };
}

/** `end` takes the place of what was reported, when it was ended by us. */
export const endedBy = (end: CommandEnd, report: Report): CommandResult => ({ ...resultOf(report), end });

/** Of a step that was ended from outside. */
export const stoppedEnd = (how: 'timeout' | 'cancelled', left: Left): CommandEnd =>
  left === undefined ? { how, gone: true } : { how, gone: false, left };

function endOf(report: Report): CommandEnd {
  const [, code, flag = ''] = /^(-|\d{1,3}):(.*)$/.exec(report.status ?? '') ?? [];
  if (code === undefined) return { how: 'lost' };
  if (code === '-') return { how: 'not-started', why: flag };
  if (flag !== '') return stoppedEnd('timeout', leftOf(flag));
  const status = Number(code);
  if (report.process === undefined)
    return { how: 'not-started', why: report.stderr.text.trim() || `its shell did not start (status ${status})` };
  const signal = status > 128 && report.ownExit !== status ? SIGNALS.get(status - 128) : undefined;
  return signal === undefined ? { how: 'exit', code: status } : { how: 'signal', signal };
}
