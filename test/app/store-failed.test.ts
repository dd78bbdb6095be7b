import assert from 'node:assert/strict';
import { storeFailed } from '../../src/app/store-failed.ts';
import { StoreFailed } from '../../src/execute/record/recorder.ts';
import { StoreFault, type StoreFaultKind } from '../../src/model/store-fault.ts';

const told = (kind: StoreFaultKind) => storeFailed('01b', new StoreFailed(new StoreFault(kind, 'why')));

describe('a run that could not be recorded', () => {
  it('says why, and which command goes on with it when that is mended', () => {
    const { code, message, hint } = told('full');
    assert.equal(code, 'store');
    assert.equal(message, 'the record of the run could not be written: why; the run 01b was stopped');
    assert.equal(hint, 'free space where the store is, then go on with it: runbook resume 01b');
    for (const kind of ['busy', 'gone', 'broken'] as const)
      assert.match(told(kind).hint ?? '', /then go on with it: runbook resume 01b/);
  });

  it('is left to the process that has taken it over', () => {
    assert.equal(told('taken-over').hint, 'it goes on there, and nothing more is sent from here: runbook show 01b');
  });
});
