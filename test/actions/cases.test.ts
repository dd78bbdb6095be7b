import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import type { Action, Preparation } from '../../src/model/action.ts';
import { checkOutput } from '../../src/model/output.ts';
import { renderScript } from '../../src/model/render-script.ts';
import { showDifference } from '../../src/execute/steps/show-difference.ts';
import { actionsWithCases, casesOf, type CaseFile, type ExpectedPreparation } from './support/case-file.ts';
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
    if (action.work.kind !== 'probe')
      it(`is tested for ${action.name}`, () => assert.ok(actionsWithCases().includes(action.name)));
  }
});

function judge(action: Action, sample: CaseFile): void {
  const { work, output: fields } = action;
  const { params, script, summary, answer } = sample;
  if (work.kind === 'probe') return assert.fail('a probe has no script to answer');
  const context = contextOf(sample.context);
  const composed =
    work.kind === 'script' ? work.compose(params as never, context) : work.look(params as never, context);
  for (const part of script) assert.ok(composed.text.includes(part), `not in the script: ${part}`);
  if (summary !== undefined) assert.equal(composed.summary, summary);
  const { code = 0, stdout = '', stderr = '', truncated = false, durationMs = 12 } = answer;
  const given = { code, stdout: output(stdout, truncated), stderr: output(stderr), durationMs };
  const actual =
    work.kind === 'script'
      ? work.interpret(given, params as never, context)
      : shownPreparation(work.prepare(given, params as never, context), sample);
  same(actual, sample.expect);
  if (!('output' in actual)) return;
  const fits = checkOutput(fields, actual.output, params);
  assert.ok(fits.ok, fits.ok ? '' : fits.error);
}

/** What a case says of a preparation; of the parts of its script those that are there. */
function shownPreparation(prepared: Preparation, { expect }: CaseFile): ExpectedPreparation {
  if (prepared.kind !== 'change') return prepared;
  const wanted = 'kind' in expect && expect.kind === 'change' ? expect.script : [];
  const { text, summary } = renderScript(prepared.script);
  execFileSync('/bin/sh', ['-n'], { input: text, stdio: ['pipe', 'ignore', 'pipe'] });
  const differences = prepared.differences.map((told) => showDifference(told, (lines) => lines.split('\n')));
  return { ...prepared, differences, script: wanted.filter((part) => text.includes(part)), summary };
}

function same(actual: CaseFile['expect'], expect: CaseFile['expect']): void {
  if ('error' in actual && 'error' in expect && /^\/.*\/$/s.test(expect.error)) {
    assert.match(actual.error, new RegExp(expect.error.slice(1, -1)));
    assert.deepEqual({ ...actual, error: '' }, { ...expect, error: '' });
  } else {
    assert.deepEqual(actual, expect);
  }
}
