import assert from 'node:assert/strict';
import { Duplex } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { gatherWrites } from '../../src/transports/ssh/gather-writes.ts';

/** Each call to the system as its text. */
function written(): { readonly stream: Duplex; readonly calls: readonly string[] } {
  const calls: string[] = [];
  const stream = new Duplex({
    read: () => {},
    writev: (chunks, done) => {
      calls.push(chunks.map(({ chunk }) => String(chunk)).join(''));
      done();
    },
  });
  return { stream: gatherWrites(stream), calls };
}

describe('writes that are gathered', () => {
  it('go out at once, also those of promises that are settled in the same turn', async () => {
    const { stream, calls } = written();
    stream.write('a');
    stream.write(Buffer.from('b'));
    void Promise.resolve().then(() => Promise.resolve().then(() => stream.write('c')));
    await setImmediate();
    stream.write('d');
    assert.deepEqual(calls, ['abc']);
    await setImmediate();
    assert.deepEqual(calls, ['abc', 'd']);
  });

  it('all go out before the end', async () => {
    const { stream, calls } = written();
    stream.write('a');
    stream.end('b');
    await setImmediate();
    assert.equal(calls.join(''), 'ab');
    assert.ok(stream.writableFinished);
  });
});
