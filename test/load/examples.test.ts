import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { loadRunbook } from '../../src/load/runbook.ts';
import { TEST_ACTIONS } from '../support/actions-for-tests.ts';
import { example, EXAMPLES } from '../support/examples.ts';

describe('The example runbooks', () => {
  const names = readdirSync(EXAMPLES);

  it('are ten', () => {
    assert.equal(names.length, 10);
  });

  for (const name of names) {
    it(`are checked without a complaint: ${name}`, () => {
      const { runbook, diagnostics } = loadRunbook({ file: name, text: example(name) }, TEST_ACTIONS);
      assert.deepEqual(
        diagnostics.map(({ at, code, message }) => `${at.start.line}: ${code} ${message}`),
        [],
      );
      assert.equal(runbook?.name, name.replace('.yaml', ''));
    });
  }

  it('are refused for each misspelt field, with its own place', () => {
    for (const name of names) {
      const text = example(name);
      const fields = [...text.matchAll(/\b(?:svc|apache|sem|disk|clock|log|stored|fds|mem|oom)\.([a-z_]{4,})/g)];
      for (const field of fields.slice(0, 12)) {
        const at = field.index + field[0].length;
        const broken = `${text.slice(0, at)}x${text.slice(at)}`;
        const { diagnostics } = loadRunbook({ file: name, text: broken }, TEST_ACTIONS);
        const [first] = diagnostics;
        const isText =
          first === undefined && !/\$\{\{|when|applies|items|expect/.test(text.slice(text.lastIndexOf('\n', at), at));
        assert.ok(
          isText || (first?.code === 'E_FIELD' && first.at.end.offset === at + 1),
          `${name}: ${field[0]}x ${first?.message ?? ''}`,
        );
      }
    }
  });
});
