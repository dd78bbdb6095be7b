import assert from 'node:assert/strict';
import { latinOf, suggest } from '../../src/util/suggest.ts';

describe('A suggestion', () => {
  const known = ['service', 'service_status', 'semaphores', 'command', 'for', 'when'];

  it('is the nearest known word', () => {
    assert.equal(suggest('comand', known), 'command');
    assert.equal(suggest('servcie', known), 'service');
    assert.equal(suggest('service-status', known), 'service_status');
    assert.equal(suggest('wehn', known), 'when');
  });

  it('is not made when nothing is near', () => {
    assert.equal(suggest('banana', known), undefined);
    assert.equal(suggest('x'.repeat(10_000), known), undefined);
  });

  it('sees through letters of other alphabets', () => {
    assert.equal(latinOf('сommand'), 'command');
    assert.equal(latinOf('command'), undefined);
    assert.equal(suggest('сommаnd', known), 'command');
  });
});
