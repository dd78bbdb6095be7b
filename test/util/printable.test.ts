import assert from 'node:assert/strict';
import fc from 'fast-check';
import { startCpuClock } from '../support/cpu-clock.ts';
import { inTime } from '../support/in-time.ts';
import { cutToWidth, printable, printableLine } from '../../src/util/printable.ts';

describe('printable', () => {
  it('shows what could control a terminal as text', () => {
    assert.equal(
      printable('a\u001b[31mb\r\u0007\u009b\u200b\u202e\ufeff'),
      'a\\x1b[31mb\\x0d\\x07\\x9b\\u200b\\u202e\\ufeff',
    );
  });

  it('keeps line breaks, tabs, and all visible text', () => {
    assert.equal(printable('é\t漢\n🙂'), 'é\t漢\n🙂');
    assert.equal(printableLine(' a\r\n\tb \n'), ' a b');
  });

  it('never lets a control, format or lone surrogate character through', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        assert.doesNotMatch(printable(text).replace(/[\n\t]/g, ''), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|\p{Surrogate}/u);
      }),
    );
  });

  it('cuts to a width and says so', () => {
    assert.equal(cutToWidth('abcdef', 6), 'abcdef');
    assert.equal(cutToWidth('abcdefg', 6), 'abcde…');
    assert.equal(cutToWidth('漢漢漢', 5), '漢漢…');
    assert.equal(cutToWidth('abc', 0), '');
    assert.equal(cutToWidth('e\u0301e\u0301e\u0301', 2), 'e\u0301…');
  });

  it('does not look at what it cuts off', () => {
    const text = 'a'.repeat(20_000_000);
    const spent = startCpuClock();
    assert.equal(cutToWidth(text, 6), 'aaaaa…');
    assert.ok(spent() < inTime(250), `${spent()} ms`);
  });
});
