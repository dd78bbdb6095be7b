import assert from 'node:assert/strict';
import fc from 'fast-check';
import { wrap } from '../../src/util/wrap.ts';

describe('wrap', () => {
  it('breaks between words, keeps what fits and line breaks', () => {
    assert.deepEqual(wrap('one two three four five six', 20), ['one two three four', 'five six']);
    assert.deepEqual(wrap('a\nb', 20), ['a', 'b']);
    assert.deepEqual(wrap('x'.repeat(30), 20), ['x'.repeat(30)]);
  });

  it('keeps a command whole: it begins with four spaces, and is no item of a list', () => {
    const command = `    echo '${'x '.repeat(30)}' >>known_hosts`;
    assert.deepEqual(wrap(`then:\n${command}`, 20), ['then:', command]);
    assert.equal(wrap(`    - ${'x '.repeat(30)}`, 20).length, 4);
  });

  it('loses no word and makes no line longer than it must be', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z]{1,30}$/), { minLength: 1 }),
        fc.integer({ min: 20, max: 60 }),
        (words, columns) => {
          const lines = wrap(words.join(' '), columns);
          assert.equal(lines.join(' '), words.join(' '));
          for (const line of lines) assert.ok(line.length <= columns || !line.includes(' '), line);
        },
      ),
    );
  });
});
