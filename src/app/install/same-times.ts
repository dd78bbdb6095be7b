import { execFileSync } from 'node:child_process';
import type { Timing } from '../../model/schedule.ts';
import { nextTime } from '../../schedule/times.ts';

const COMPARED = 20;

/**
 * Asks the systemd of this machine for the next times of its lines. Undefined: they are the schedule's, or there is no systemd here to
 * be asked. Else what is different, for people: its data on zones are others than ours.
 */
export function differentTimes(lines: readonly string[], timing: Timing, now: number): string | undefined {
  const theirs = timesOfSystemd(lines, now);
  if (theirs === undefined) return undefined;
  const distinct = [...new Set(theirs)].toSorted((a, b) => a - b);
  let time: number | undefined = now;
  for (let index = 0; index < COMPARED; index += 1) {
    time = nextTime(timing, time);
    if (time === undefined) return undefined;
    if (time === distinct[index]) continue;
    const [ours, other] = [time, distinct[index]].map((each) =>
      each === undefined ? 'none' : new Date(each).toISOString(),
    );
    return `systemd here would start it at ${other}, and not at ${ours}: it knows other rules of the zone; bring tzdata up to date`;
  }
  return undefined;
}

function timesOfSystemd(lines: readonly string[], now: number): readonly number[] | undefined {
  const base = `--base-time=${new Date(now).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
  try {
    const text = execFileSync('systemd-analyze', ['calendar', `--iterations=${COMPARED}`, base, ...lines], {
      encoding: 'utf8',
      env: { ...process.env, TZ: 'UTC', LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 20_000,
    });
    const found = text.matchAll(/(?:Next elapse|(?:Iter|Iteration)\. #\d+): \w+ (\S+) (\S+) UTC/g);
    return [...found].map(([, date, time]) => Date.parse(`${date}T${time}Z`));
  } catch {
    return undefined;
  }
}
