import assert from 'node:assert/strict';
import { allKinds, kindCalled, shortName, type Kind } from './kinds.ts';

describe('What a host can be made into', () => {
  it('has a name of its own for each, and a summary', () => {
    const kinds = allKinds();
    const names = kinds.map((kind) => shortName(kind, kinds));
    assert.equal(new Set(names).size, names.length, names.join(' '));
    for (const [index, name] of names.entries()) {
      assert.notEqual(kinds[index]?.summary, '', name);
      assert.equal(kindCalled(name, kinds), kinds[index]);
    }
  });

  it('is called by the runbook, too, where two faults have the same name', () => {
    const kinds = [kind('leak'), kind('full', 'disk-full'), kind('full', 'inodes-full'), kind('down', 'service-down')];
    assert.deepEqual(
      kinds.map((one) => shortName(one, kinds)),
      ['leak', 'disk-full/full', 'inodes-full/full', 'down'],
    );
    assert.equal(kindCalled('service-down/down', kinds), kinds[3]);
    assert.equal(kindCalled('full', kinds), undefined);
    assert.equal(kindCalled('undefined/leak', kinds), undefined);
  });
});

function kind(name: string, runbook?: string): Kind {
  return { name, ...(runbook !== undefined && { runbook }), summary: name, make: () => Promise.resolve('') };
}
