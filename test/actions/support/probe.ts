import assert from 'node:assert/strict';
import type { Action, Interpretation, ProbeContext } from '../../../src/model/action.ts';
import type { JsonObject } from '../../../src/util/json.ts';
import { contextOf } from './context.ts';

/** Looks with an action of that kind; what `changes` do not give, it must not ask for. */
export function probeWith(
  { work }: Action,
  params: object,
  changes: Partial<ProbeContext> = {},
): Promise<Interpretation<JsonObject>> {
  if (work.kind !== 'probe') return assert.fail('not a probe');
  const context: ProbeContext = {
    ...contextOf(),
    asker: { step: 'look', lap: '' },
    signal: new AbortController().signal,
    timeoutMs: 10_000,
    dial: () => assert.fail('nothing is connected to'),
    read: () => assert.fail('nothing is run on the host'),
    ...changes,
  };
  return work.probe(params as never, context);
}
