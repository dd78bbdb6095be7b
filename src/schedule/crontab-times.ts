import type { Timing } from '../model/schedule.ts';
import { formatDuration } from '../util/duration.ts';
import { err, ok, type Result } from '../util/result.ts';
import { fieldText } from './calendar-text.ts';
import { comingOffsets, comingStretches } from './coming-offsets.ts';
import { isEachHour } from './on-calendar.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * The same times as the five fields of a line for cron, which knows one zone, the machine's. The error says why it cannot be said so,
 * and what can be done.
 */
export function crontabTimes(timing: Timing, machineZone: string, from: number): Result<string, string> {
  if (timing.kind === 'every') return ofInterval(timing.everyMs, comingOffsets(machineZone, from));
  const { cron, timezone } = timing;
  if (
    !haveSameClocks(timezone, machineZone, from) &&
    !(isEachHour(cron) && haveSameMinutes(timezone, machineZone, from))
  )
    return err(`cron runs by the clock of this machine (${machineZone}), and not of ${timezone}; ${ELSE}`);
  return ok(cron.text.trim().replaceAll(/\s+/g, ' '));
}

const ELSE = 'use --systemd, or runbook serve';

function haveSameClocks(one: string, other: string, from: number): boolean {
  const [a, b] = [one, other].map((zone) =>
    comingStretches(zone, from).map(({ from: begin, offset }) => `${begin} ${offset}`),
  );
  return (
    one === other || (a?.slice(1).join() === b?.slice(1).join() && a?.[0]?.split(' ')[1] === b?.[0]?.split(' ')[1])
  );
}

function haveSameMinutes(one: string, other: string, from: number): boolean {
  const minutes = [one, other].flatMap((zone) => comingOffsets(zone, from).map((offset) => modulo(offset, HOUR)));
  return new Set(minutes).size === 1;
}

/** Counted from 1970 in UTC: clocks here must be away from it by a multiple, or always by as much. */
function ofInterval(everyMs: number, offsets: readonly number[]): Result<string, string> {
  const unfit = `cron cannot start each ${formatDuration(everyMs)} at the times that every has, which are counted in UTC`;
  const shifts = new Set(offsets.map((offset) => modulo(offset, everyMs)));
  const [shift = 0] = shifts;
  if (everyMs % MINUTE !== 0 || DAY % everyMs !== 0 || shifts.size > 1 || shift % MINUTE !== 0)
    return err(`${unfit}; ${ELSE}`);
  const times = Array.from({ length: DAY / everyMs }, (_, index) => modulo(index * everyMs + shift, DAY));
  const minutes = distinct(times.map((time) => Math.floor(time / MINUTE) % 60));
  const hours = distinct(times.map((time) => Math.floor(time / HOUR)));
  if (minutes.length * hours.length !== times.length) return err(`${unfit}; ${ELSE}`);
  return ok(`${field(minutes, 59)} ${field(hours, 23)} * * *`);
}

const field = (values: readonly number[], most: number): string =>
  fieldText(values, { least: 0, most, to: '-', width: 1 });

const distinct = (values: readonly number[]): readonly number[] => [...new Set(values)].toSorted((a, b) => a - b);

const modulo = (value: number, by: number): number => ((value % by) + by) % by;
