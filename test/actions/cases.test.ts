import assert from 'node:assert/strict';
import type { Action } from '../../src/model/action.ts';
import { checkOutput } from '../../src/model/output.ts';
import { actionsWithCases, casesOf, type CaseFile } from './support/case-file.ts';
import { contextOf } from './support/context.ts';
import { actionFiles } from './support/registry.ts';
import { output } from './support/run-script.ts';

const files = await actionFiles();

describe('what actions make of what hosts answer', () => {
  for (const name of actionsWithCases()) {
    const found = files.find(({ file }) => file === name);
    if (found === undefined) throw new Error(`there are cases for ${name}, which is no action`);
    describe(name, () => {
      for (const sample of casesOf(name)) it(sample.name, () => judge(found.action, sample));
    });
  }

  for (const { action } of files) {
    if (action.work.kind === 'script')
      it(`is tested for ${action.name}`, () => assert.ok(actionsWithCases().includes(action.name)));
  }
});

function judge(
  { work, output: fields }: Action,
  { params, context: changes, script, summary, answer, expect }: CaseFile,
): void {
  if (work.kind !== 'script') return assert.fail('a probe has no script to answer');
  const context = contextOf(changes);
  const composed = work.compose(params as never, context);
  for (const part of script) assert.ok(composed.text.includes(part), `not in the script: ${part}`);
  if (summary !== undefined) assert.equal(composed.summary, summary);
  const { code = 0, stdout = '', stderr = '', truncated = false, durationMs = 12 } = answer;
  const given = { code, stdout: output(stdout, truncated), stderr: output(stderr), durationMs };
  const actual = work.interpret(given, params as never, context);
  if (actual.status === 'failed' && expect.status === 'failed' && /^\/.*\/$/s.test(expect.error)) {
    assert.match(actual.error, new RegExp(expect.error.slice(1, -1)));
    assert.deepEqual({ ...actual, error: '' }, { ...expect, error: '' });
  } else {
    assert.deepEqual(actual, expect);
  }
  if (actual.status !== 'failed') {
    const fits = checkOutput(fields, actual.output, params);
    assert.ok(fits.ok, fits.ok ? '' : fits.error);
  }
}
