import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseCron } from '../../src/model/cron.ts';
import type { CronError } from '../../src/model/cron-field.ts';
import type { Cron } from '../../src/model/schedule.ts';

function parsed(text: string): Cron {
  const cron = parseCron(text);
  return cron.ok ? cron.value : assert.fail(`${text}: ${cron.error.message}`);
}

function refused(text: string): CronError {
  const cron = parseCron(text);
  return cron.ok ? assert.fail(`taken: ${text}`) : cron.error;
}

const upTo = (first: number, last: number): number[] => Array.from({ length: last - first + 1 }, (_, i) => first + i);

describe('A cron expression', () => {
  it('is five sets of values', () => {
    assert.deepEqual(parsed('*/15 8-18/5 1,15 jan-mar,DEC mon-fri'), {
      text: '*/15 8-18/5 1,15 jan-mar,DEC mon-fri',
      minutes: [0, 15, 30, 45],
      hours: [8, 13, 18],
      days: [1, 15],
      months: [1, 2, 3, 12],
      weekdays: [1, 2, 3, 4, 5],
      eitherDay: true,
      fixedTime: false,
    });
  });

  it('takes each value for a star, and 7 for Sunday', () => {
    const cron = parsed('* * * * *');
    assert.deepEqual(cron.minutes, upTo(0, 59));
    assert.deepEqual(cron.hours, upTo(0, 23));
    assert.deepEqual(cron.days, upTo(1, 31));
    assert.deepEqual(cron.months, upTo(1, 12));
    assert.deepEqual(cron.weekdays, upTo(0, 6));
    assert.deepEqual(parsed('0 0 * * 5-7').weekdays, [0, 5, 6]);
    assert.deepEqual(parsed('0 0 * * 0,7').weekdays, [0]);
    assert.deepEqual(parsed('0 0 * * */2').weekdays, [0, 2, 4, 6]);
    assert.deepEqual(parsed('0 0 * * */7').weekdays, [0]);
  });

  it('asks for both days when one of them begins with a star, else for either', () => {
    const either = (days: string, weekdays: string) => parsed(`0 0 ${days} * ${weekdays}`).eitherDay;
    assert.equal(either('1', 'mon'), true);
    assert.equal(either('1-31', '0-6'), true);
    assert.equal(either('*', 'mon'), false);
    assert.equal(either('1', '*'), false);
    assert.equal(either('*/2', 'mon'), false);
    assert.equal(either('*,5', 'mon'), false);
  });

  it('has a fixed time when neither minute nor hour begins with a star', () => {
    const fixed = (time: string) => parsed(`${time} * * *`).fixedTime;
    assert.equal(fixed('30 2'), true);
    assert.equal(fixed('0-59 0-23'), true);
    assert.equal(fixed('*/30 2'), false);
    assert.equal(fixed('30 *'), false);
    assert.equal(fixed('30 *,2'), false);
  });

  it('may be a nickname', () => {
    const names = { '@hourly': '0 * * * *', '@Daily': '0 0 * * *', '@midnight': '0 0 * * *', ' @weekly ': '0 0 * * 0' };
    const rare = { '@monthly': '0 0 1 * *', '@yearly': '0 0 1 1 *', '@annually': '0 0 1 1 *' };
    for (const [name, fields] of Object.entries({ ...names, ...rare }))
      assert.deepEqual(parsed(name), { ...parsed(fields), text: name });
  });

  it('may have spaces, tabs and a line break around its fields', () => {
    assert.deepEqual(parsed('  5\t4  * * * \n').minutes, [5]);
  });

  const WRONG: readonly (readonly [text: string, piece: string, field: string | undefined, said: RegExp])[] = [
    ['61 * * * *', '61', 'minute', /^minute is 0-59, not 61; write \*, or values of 0-59/],
    ['* 24 * * *', '24', 'hour', /^hour is 0-23, not 24/],
    ['0 0 0 * *', '0', 'day-of-month', /^day-of-month is 1-31, not 0/],
    ['0 0 1 13 *', '13', 'month', /^month is 1-12, not 13.* or jan-dec/],
    ['0 0 * * 8', '8', 'day-of-week', /^day-of-week is 0-7, not 8.* or sun-sat/],
    ['*/0 * * * *', '0', 'minute', /^minute has a step of 0; write \* for each/],
    ['*/90 * * * *', '90', 'minute', /^minute has a step of 90, which is past its end; write 0, or use every:/],
    ['1,*/x * * * *', 'x', 'minute', /^minute has a step that is no whole number, "\/x"/],
    ['5/10 * * * *', '5/10', 'minute', /^minute has a step after one value, "5\/10"; write 5-59\/10$/],
    ['0 5-1 * * *', '5-1', 'hour', /^hour has a range that ends before it begins, "5-1"; write 5-23,0-1$/],
    ['0 0 * * fri-mon', 'fri-mon', 'day-of-week', /; write 5-7,0-1$/],
    ['1,,2 * * * *', '', 'minute', /^minute has an empty place in its list/],
    ['0 3- * * *', '', 'hour', /^hour has a range or a step without its numbers/],
    ['-5 * * * *', '', 'minute', /^minute has a range or a step without its numbers/],
    ['0 0 * * monday', 'monday', 'day-of-week', /^day-of-week cannot be "monday"; write mon$/],
    ['0 0 ? * mon', '?', 'day-of-month', /^day-of-month cannot be "\?"; write \*$/],
    ['0 0 L * *', 'L', 'day-of-month', /^day-of-month cannot be "L"/],
    ['H 0 * * *', 'H', 'minute', /use jitter/],
    ['0~59 0 * * *', '0~59', 'minute', /use jitter/],
    ['0 0 mon * *', 'mon', 'day-of-month', /^day-of-month cannot be "mon"/],
    ['0 0 30 2 *', '30 2', 'day-of-month', /^day-of-month 30 never comes in month 2/],
    ['0 0 31 4,jun */1', '31 4,jun', 'day-of-month', /^day-of-month 31 never comes in month 4,jun/],
    ['0 */5 * * * *', '0', undefined, /^seconds are not supported; drop the first field$/],
    ['0 0 12 * * mon', '0', undefined, /^seconds are not supported/],
    ['0 0 12 * * ? 2027', '0', undefined, /^seconds and years are not supported; drop the first field and the last$/],
    ['0 0 * * * root runbook run', 'root', undefined, /^there are more than five fields; only times stand here/],
    ['0 0 * *', '0 0 * *', undefined, /^it has 4 of five fields; add day-of-week/],
    ['', '', undefined, /^it is empty; write minute hour day-of-month month day-of-week/],
    ['@reboot', '@reboot', undefined, /^@reboot is not a time/],
    ['@never', '@never', undefined, /^@never is not a time; write the times, and paused: true$/],
    ['@every 5m', '@every', undefined, /write every: 5m in place of cron:$/],
    ['@dayly', '@dayly', undefined, /^@dayly is not one of @hourly .*; write @daily$/],
    ['@daily 5', '5', undefined, /^nothing follows on @daily; drop "5"$/],
  ];
  for (const [text, piece, field, said] of WRONG) {
    it(`is refused with its place and the way out: ${text === '' ? 'nothing' : text}`, () => {
      const error = refused(text);
      assert.equal(text.slice(error.offset, error.offset + error.length), piece);
      assert.equal(error.field, field);
      assert.match(`${error.message}; ${error.hint}`, said);
    });
  }

  it('may be the 29th of February, and the 31st when a weekday is enough', () => {
    assert.deepEqual(parsed('0 0 29 2 *').days, [29]);
    assert.equal(parsed('0 0 31 2 mon').eitherDay, true);
  });

  it('means what its values mean, however they are written', () => {
    const field = (first: number, last: number) =>
      fc.uniqueArray(fc.integer({ min: first, max: last }), { minLength: 1, maxLength: 20 });
    const all = fc.tuple(field(0, 59), field(0, 23), field(1, 29), field(1, 12), field(0, 6));
    fc.assert(
      fc.property(all, (fields) => {
        const cron = parsed(fields.map((values) => values.join(',')).join(' '));
        const sets = [cron.minutes, cron.hours, cron.days, cron.months, cron.weekdays];
        assert.deepEqual(
          sets,
          fields.map((values) => values.toSorted((a, b) => a - b)),
        );
        assert.ok(cron.fixedTime && cron.eitherDay);
      }),
    );
  });

  it('is refused at a place inside of it, whatever it is', () => {
    const word = fc.constantFrom(' ', '*', '/', '-', ',', '0', '7', '59', '99', 'mon', 'jan', '@', 'é', '\ud800');
    fc.assert(
      fc.property(fc.array(word, { maxLength: 20 }), (words) => {
        const text = words.join('');
        const cron = parseCron(text);
        if (cron.ok) return;
        const { offset, length, message, hint } = cron.error;
        assert.ok(offset >= 0 && length >= 0 && offset + length <= text.length);
        assert.ok(message !== '' && hint !== '');
      }),
    );
  });
});
