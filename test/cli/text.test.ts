import assert from 'node:assert/strict';
import fc from 'fast-check';
import { entry, markdown, nameWidth, paragraph } from '../../src/cli/text.ts';
import { widthOf } from '../../src/util/printable.ts';
import { PLAIN } from '../../src/util/style.ts';

const PAPER = { style: PLAIN, columns: () => 60 };

describe('text for people', () => {
  it('is laid out in lines of the width there is, and loses no word', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'é', '漢', '-'), minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 60 }), fc.nat(20), (words, margin) => {
        const indent = ' '.repeat(margin);
        const lines = paragraph(words.join(' '), indent, PAPER).split('\n');
        for (const line of lines) {
          assert.ok(widthOf(line) <= 60, line);
          assert.ok(line.startsWith(indent));
        }
        assert.deepEqual(lines.join(' ').trim().split(/ +/), words);
      }),
    );
  });

  it('keeps the lines of a list under each other', () => {
    const text = '- one two three four five six seven eight nine ten eleven twelve\n- b';
    assert.equal(
      paragraph(text, '  ', PAPER),
      '  - one two three four five six seven eight nine ten eleven\n    twelve\n  - b',
    );
  });

  it('lets the lines of a Markdown paragraph flow together, but not lists, code and empty lines', () => {
    assert.equal(
      markdown('One\ntwo.\n\n- a\n- b\n  more\n\n```yaml\nx:   1\nyyy: 2\n```\nend', '', PAPER),
      'One two.\n\n- a\n- b more\n\n```yaml\nx:   1\nyyy: 2\n```\nend',
    );
  });

  it('shows control characters instead of sending them', () => {
    assert.equal(paragraph('a\u001b[2Jb', '', PAPER), 'a\\x1b[2Jb');
  });

  it('puts texts into a column of their own, below a name that is too long for its own', () => {
    const width = nameWidth(['a', 'name']);
    assert.equal(entry('a', width, 'text', PAPER), '  a     text');
    assert.equal(entry('much_too_long', width, 'text', PAPER), '  much_too_long\n        text');
    assert.equal(entry('a', width, '', PAPER), '  a');
  });
});
