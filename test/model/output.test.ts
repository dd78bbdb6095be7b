import assert from 'node:assert/strict';
import { checkOutput } from '../../src/model/output.ts';
import type { Fields } from '../../src/model/type.ts';

const FIELDS: Fields = {
  sets: {
    description: '',
    type: {
      kind: 'list',
      of: {
        kind: 'object',
        name: 'Set',
        fields: {
          id: { type: { kind: 'int' }, description: '' },
          ctime: { type: { kind: 'timestamp' }, description: '' },
        },
      },
    },
  },
  counts: { description: '', type: { kind: 'by-pattern', param: 'patterns', of: { kind: 'int' } } },
  offset: { description: '', type: { kind: 'duration' } },
  headers: { description: '', type: { kind: 'map', of: { kind: 'string' } } },
};
const PARAMS = { patterns: { full: 'x', removed: 'y' } };
const GOOD = {
  sets: [{ id: 1, ctime: '2026-01-01T00:00:00Z' }],
  counts: { full: 1, removed: 0 },
  offset: '-5s',
  headers: { a: 'b' },
};

function complaint(changes: Readonly<Record<string, unknown>>): string | undefined {
  const result = checkOutput(FIELDS, { ...GOOD, ...changes }, PARAMS);
  return result.ok ? undefined : result.error;
}

describe("An action's output", () => {
  it('fits when it is whole', () => {
    assert.deepEqual(checkOutput(FIELDS, GOOD, PARAMS), { ok: true, value: GOOD });
  });

  it('is refused with the path of what does not fit', () => {
    assert.equal(
      complaint({ sets: [{ id: '1', ctime: '2026-01-01T00:00:00Z' }] }),
      'sets[0].id: expected int, found "1"',
    );
    assert.equal(
      complaint({ sets: [{ id: 1.5, ctime: '2026-01-01T00:00:00Z' }] }),
      'sets[0].id: expected int, found 1.5',
    );
    assert.equal(complaint({ sets: [{ id: 1 }] }), 'sets[0].ctime is missing');
    assert.equal(
      complaint({ sets: [{ id: 1, ctime: 'yesterday' }] }),
      'sets[0].ctime: expected timestamp, found "yesterday"',
    );
    assert.equal(complaint({ sets: null }), 'sets: expected a list, found nothing');
    assert.equal(complaint({ counts: { full: 1 } }), 'counts.removed is missing');
    assert.equal(complaint({ counts: { full: 1, removed: 0, other: 2 } }), 'counts.other is not declared');
    assert.equal(complaint({ offset: 5 }), 'offset: expected duration, found 5');
    assert.equal(complaint({ extra: 1 }), 'extra is not declared');
    assert.equal(checkOutput(FIELDS, 'text', PARAMS).ok, false);
  });

  it('cannot change the prototype of anything', () => {
    const hostile: unknown = JSON.parse('{"__proto__": "x"}');
    const result = checkOutput(
      { headers: FIELDS['headers'] ?? { type: { kind: 'string' }, description: '' } },
      { headers: hostile },
      {},
    );
    assert.ok(result.ok);
    assert.deepEqual(Object.keys(result.value['headers'] ?? {}), ['__proto__']);
    assert.equal(Object.getPrototypeOf(result.value['headers']), Object.prototype);
  });

  it('has numbers that are exact and finite', () => {
    const fits = (kind: 'int' | 'double' | 'string', json: unknown): boolean =>
      checkOutput({ x: { type: { kind }, description: '' } }, { x: json }, {}).ok;
    assert.ok(fits('int', 2 ** 53 - 1));
    assert.ok(!fits('int', 2 ** 53));
    assert.ok(!fits('double', Number.NaN));
    assert.ok(!fits('string', null));
  });
});
