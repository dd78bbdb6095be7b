import assert from 'node:assert/strict';
import { loadRunbook, type LoadedRunbook } from '../../src/load/runbook.ts';
import type { Action } from '../../src/model/action.ts';
import { ok } from '../../src/util/result.ts';
import { TEST_ACTIONS } from '../support/actions-for-tests.ts';
import { changed } from '../support/base-runbook.ts';
import { scopeWith } from '../support/scope.ts';

const template: Action = {
  ...(TEST_ACTIONS.get('service') ?? assert.fail()),
  name: 'template',
  params: { src: { type: { kind: 'template-file' }, description: 'A file.' } },
};
const actions = new Map([...TEST_ACTIONS, ['template', template]]);

function load(content: string): LoadedRunbook {
  const text = changed('service: { name: "${{ svc.unit }}", state: started }', 'template: { src: app.conf }');
  return loadRunbook({ file: 'runbooks/base.yaml', text }, actions, () => ok(content));
}

/** Place, code and message of each. */
function complaintsAbout(content: string): readonly string[] {
  return load(content).diagnostics.map(
    ({ at, code, message }) => `${at.file}:${at.start.line}:${at.start.column} ${code} ${message}`,
  );
}

describe('A template that a runbook names', () => {
  it('is given to the action with the values in their places', () => {
    const content = 'name = ${{ params.service }}\r\n"limit" = ${{ text(params.limit) }}; $${{ x }}\n';
    const { runbook, others } = load(content);
    const scope = scopeWith({}, { params: { service: 'web\n$(id)', limit: 90, names: [] } });
    assert.deepEqual(runbook?.fix[0]?.params.evaluate(scope), {
      ok: true,
      value: { src: { path: 'app.conf', content: 'name = web\n$(id)\r\n"limit" = 90; ${{ x }}\n' } },
    });
    assert.deepEqual(others, []);
  });

  it('is checked with its step, and what is wrong is told at its place in the template', () => {
    assert.deepEqual(complaintsAbout('a\n  ${{ params.servce }} ${{ svc.activ }}\n'), [
      'runbooks/app.conf:2:14 E_FIELD params has no field servce',
      'runbooks/app.conf:2:32 E_FIELD svc has no field activ',
    ]);
    const { runbook, others } = load('${{ params.names }}');
    assert.equal(runbook, undefined);
    assert.deepEqual(others, [{ file: 'runbooks/app.conf', text: '${{ params.names }}' }]);
    assert.match(complaintsAbout('x\n${{ 1 ').join(), /^runbooks\/app\.conf:2:1 E_TEMPLATE this \$\{\{ is not closed$/);
    assert.match(complaintsAbout('${{ params.password }}').join(), / E_SECRET /);
  });

  it('is text without a span too', () => {
    assert.deepEqual(load('plain\n').runbook?.fix[0]?.params.evaluate(scopeWith({})), {
      ok: true,
      value: { src: { path: 'app.conf', content: 'plain\n' } },
    });
  });

  it('tells which steps it reads', () => {
    assert.deepEqual(load('${{ svc.unit }}').runbook?.fix[0]?.params.references.steps, ['svc']);
  });

  it('is part of the hash of what was checked', () => {
    assert.notEqual(load('a').runbook?.sha256, load('b').runbook?.sha256);
  });
});
