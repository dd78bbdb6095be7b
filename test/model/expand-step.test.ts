import assert from 'node:assert/strict';
import { action as http } from '../../src/actions/http.ts';
import { action as waitFor } from '../../src/actions/wait_for.ts';
import type { Action } from '../../src/model/action.ts';
import { compose } from '../../src/model/expand-step.ts';
import { step } from '../support/runbook-builder.ts';
import { scopeWith } from '../support/scope.ts';

describe('what is sent for a step', () => {
  const timeoutOf = (action: Action, params: Record<string, string>): number => {
    const composed = compose(step({ id: 'look', action, params }), scopeWith({}));
    return composed.ok ? composed.value.timeoutMs : assert.fail(composed.error.error);
  };

  it('has the deadline that an action which looks takes from its params, and else the timeout of the step', () => {
    assert.equal(timeoutOf(waitFor, { path: '/x', within: '2m' }), 135_000);
    assert.equal(timeoutOf(http, { url: 'http://127.0.0.1/', timeout: '2m' }), 30_000);
  });
});
