import assert from 'node:assert/strict';
import type { Action } from '../../../src/model/action.ts';
import { checkOutput } from '../../../src/model/output.ts';
import type { JsonObject } from '../../../src/util/json.ts';

const REASONS = ['exit', 'signal', 'timeout', 'cancelled', 'lost', 'cannot-start', 'cannot-check', 'expect', 'output'];

/** A failure of a step says why. */
export function checkFailure({ reason, error }: { readonly reason: string; readonly error: string }): void {
  assert.ok(REASONS.includes(reason), reason);
  assert.match(error, /\S/, 'a failure says why');
}

/** What a step gives is of its types, or it is said what is not. */
export function checkValues(action: Action, values: JsonObject, params: JsonObject): void {
  // Numbers that no host has are refused by this, which the engine asks of every output.
  const fits = checkOutput(action.output, values, params);
  if (!fits.ok) assert.match(fits.error, /: expected .*, found /);
}
