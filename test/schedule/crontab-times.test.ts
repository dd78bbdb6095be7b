import assert from 'node:assert/strict';
import type { Timing } from '../../src/model/schedule.ts';
import { crontabTimes } from '../../src/schedule/crontab-times.ts';
import { cronTiming } from './compare.ts';

const NOW = Date.parse('2026-11-23T20:00Z');

function fields(timing: Timing, machine: string): string {
  const times = crontabTimes(timing, machine, NOW);
  return times.ok ? times.value : `refused: ${times.error}`;
}

const every = (minutes: number): Timing => ({ kind: 'every', everyMs: minutes * 60_000 });

describe('The times of a schedule for cron', () => {
  it("are its own fields when its zone is the machine's, by whatever name", () => {
    assert.equal(fields(cronTiming('30  2 * * mon-fri', 'Europe/Berlin'), 'Europe/Berlin'), '30 2 * * mon-fri');
    assert.equal(fields(cronTiming('@daily', 'UTC'), 'Etc/UTC'), '@daily');
  });

  it('are refused in another zone, but for those of each hour', () => {
    assert.match(fields(cronTiming('30 2 * * *', 'Europe/Berlin'), 'UTC'), /^refused: .*--systemd, or runbook serve$/);
    assert.equal(fields(cronTiming('*/5 * * * *', 'Europe/Berlin'), 'UTC'), '*/5 * * * *');
    assert.match(fields(cronTiming('20 * * * *', 'Asia/Kolkata'), 'UTC'), /^refused: /);
  });

  it('are counted in UTC for an interval, as far as clocks here can show it', () => {
    assert.equal(fields(every(5), 'Europe/Berlin'), '*/5 * * * *');
    assert.equal(fields(every(60), 'Europe/Berlin'), '0 * * * *');
    assert.equal(fields(every(60), 'Asia/Kolkata'), '30 * * * *');
    assert.equal(fields(every(20), 'Asia/Kolkata'), '10-59/20 * * * *');
    assert.equal(fields(every(360), 'UTC'), '0 */6 * * *');
    assert.equal(fields(every(360), 'Asia/Kolkata'), '30 5-23/6 * * *');
    for (const [minutes, zone] of [
      [360, 'Europe/Berlin'],
      [90, 'UTC'],
      [0.5, 'UTC'],
      [7, 'UTC'],
      [2880, 'UTC'],
    ] as const)
      assert.match(fields(every(minutes), zone), /^refused: /, `${minutes} ${zone}`);
  });
});
