import assert from 'node:assert/strict';
import fc from 'fast-check';
import { showDifference } from '../../../src/execute/steps/show-difference.ts';
import type { FileDifference } from '../../../src/model/action.ts';
import { MASK, Secret } from '../../../src/util/secret.ts';
import { Redactor } from '../../../src/util/redact.ts';

const shown = (content: FileDifference['content'] & object, secrets: readonly string[] = []): readonly string[] => {
  const redactor = new Redactor(secrets.map((secret) => new Secret(secret)));
  return showDifference({ path: '/f', content, lines: [] }, (text) => redactor.lines(text)).text.split('\n');
};
const numbers = (from: number, count: number): string =>
  Array.from({ length: count }, (_, index) => `${from + index}\n`).join('');

describe('the difference of a file', () => {
  it('is a unified diff, and what is told in lines comes after it', () => {
    const content = { before: 'a\nb\nc', after: 'a\nB\nc\n' };
    assert.deepEqual(
      showDifference({ path: '/f', content, lines: ['mode 0644 -> 0600'] }, (text) => text.split('\n')),
      {
        path: '/f',
        text: [
          '--- /f',
          '+++ /f',
          '@@ -1,3 +1,3 @@',
          ' a',
          '-b',
          '-c',
          '\\ No newline at end of file',
          '+B',
          '+c',
          'mode 0644 -> 0600',
        ].join('\n'),
      },
    );
  });

  it('is cut where it is long, and not looked for where it would take long', () => {
    const cut = shown({ before: undefined, after: numbers(0, 1000) });
    assert.deepEqual([cut.length, cut.at(-1)], [201, '803 more lines']);
    assert.match(shown({ before: numbers(0, 20_000), after: numbers(100_000, 20_000) }).join(), /^all of it changes: /);
  });

  it('has no part of a secret that goes over more lines than it shows', () => {
    const secret = 'cJ9sQv0rXl3kUm7wZt5yBn1e'.repeat(20);
    const printed = Buffer.from(secret).toString('hex').replaceAll(/.{16}/g, '$&\n');
    const after = `port = 1\nkey =\n${printed}\nmore\n`;
    const near = shown({ before: after.replace('port = 1', 'port = 2'), after }, [secret]);
    assert.deepEqual(near.slice(2), ['@@ -1,4 +1,4 @@', '-port = 2', '+port = 1', ' key =', ` ${MASK}`, ` ${MASK}`]);
    const cut = shown({ before: undefined, after: numbers(0, 190) + printed }, [secret]);
    assert.deepEqual([...new Set(cut.slice(193, 200))], [`+${MASK}`]);
  });

  it('says the same of texts without a secret, masked or not', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '\n', '\r\n', '\r', '\\', '+', '-') });
    fc.assert(
      fc.property(fc.option(text, { nil: undefined }), text, (before, after) => {
        assert.deepEqual(shown({ before, after }, ['not in it']), shown({ before, after }));
      }),
    );
  });
});
