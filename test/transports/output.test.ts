import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { Capture, outputOf } from '../../src/transports/output.ts';

const MIB = 1024 * 1024;

describe('captured output', () => {
  it('is the same however it was cut into pieces', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.integer({ min: 1, max: 7 }), (text, size) => {
        const all = Buffer.from(text);
        const capture = new Capture();
        for (let at = 0; at < all.length; at += size) capture.add(all.subarray(at, at + size));
        assert.deepEqual(capture.finish(), outputOf(all));
        assert.equal(outputOf(all).text, all.toString('utf8'));
      }),
    );
  });

  for (const [bytes, missing] of [
    [2 * MIB, 0],
    [2 * MIB + 1, 1],
    [7 * MIB + 13, 5 * MIB + 13],
  ] as const)
    it(`of ${bytes} bytes lacks ${missing}`, () => {
      const all = Buffer.alloc(bytes, 'abcdefghijk');
      const capture = new Capture();
      for (let at = 0; at < bytes; at += 70_001) capture.add(all.subarray(at, at + 70_001));
      const { text, truncated, sha256, ...rest } = capture.finish();
      const kept = (part: Buffer): string => part.toString();
      const expected =
        missing === 0
          ? kept(all)
          : `${kept(all.subarray(0, MIB))}\n[... ${missing} bytes not kept ...]\n${kept(all.subarray(bytes - MIB))}`;
      assert.ok(text === expected);
      assert.deepEqual([truncated, rest.bytes], [missing > 0, bytes]);
      assert.equal(sha256, createHash('sha256').update(all).digest('hex'));
    });
});
