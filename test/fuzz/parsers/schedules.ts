import assert from 'node:assert/strict';
import { parseCron } from '../../../src/model/cron.ts';
import { nextTime } from '../../../src/schedule/times.ts';
import type { Parser } from '../parser.ts';

const AFTER = Date.UTC(2026, 0);
const VALUES = {
  minutes: [0, 59],
  hours: [0, 23],
  days: [1, 31],
  months: [1, 12],
  weekdays: [0, 6],
} as const;

export const SCHEDULES: readonly Parser[] = [
  {
    name: 'cron expression',
    corpus: ['*/5 * * * *', '0 9-17/2 1,15 jan-mar mon-fri', '30 2 29 2 *', '@daily', '0-59/7 */3 * * sun'],
    words: [
      ...[' ', '\t', '*', '/', '-', ',', '*/', '0', '7', '23', '31', '59', '60', '99999999999', '?', 'L', 'H', '~'],
      ...['jan', 'DEC', 'mon', 'sunday', '@hourly', '@reboot', '@', '\n', 'é'],
    ],
    check(text) {
      const read = parseCron(text);
      if (!read.ok) {
        const { offset, length, message, hint } = read.error;
        assert.ok(offset >= 0 && length >= 0 && offset + length <= text.length, `${offset} and ${length}: ${message}`);
        assert.ok(message !== '' && hint !== '' && message.length < 700 && hint.length < 700, `${message}; ${hint}`);
        return read.error;
      }
      for (const [name, [first, last]] of Object.entries(VALUES)) {
        const values = read.value[name as keyof typeof VALUES];
        assert.ok(values.length > 0, `no ${name}`);
        for (const [index, value] of values.entries())
          assert.ok(value >= first && value <= last && value > (values[index - 1] ?? -1), `${value} of ${name}`);
      }
      const next = nextTime({ kind: 'cron', cron: read.value, timezone: 'Europe/Berlin' }, AFTER);
      assert.ok(next === undefined || next > AFTER);
      return next;
    },
  },
];
