import assert from 'node:assert/strict';
import { outputOfKept, type KeptOutput } from '../../src/transports/shell/kept-output.ts';
import { sha256 } from '../../src/util/sha256.ts';

const NONCE = '0'.repeat(31) + '1';
const TOKEN = '0'.repeat(31) + '2';
const MIB = 1024 * 1024;
const END = `\n@${NONCE}:end:0:\n`;
const LEAD = `\n@${TOKEN}:pid:77:77\n`;

const kept = (head: string, tail = '', missing = 0): KeptOutput =>
  outputOfKept({ head: Buffer.from(head), missing, tail: Buffer.from(tail) }, sha256(NONCE));

describe('what is kept of a stream', () => {
  it('is without our own lines, and without what came after them', () => {
    const { output, isWhole, pid, ownExit } = kept(`${LEAD}out\n\n@${TOKEN}:exit:143\n${END}tick\n`);
    assert.deepEqual([output.text, output.bytes, isWhole, pid, ownExit], ['out\n', 4, true, 77, 143]);
    assert.equal(output.sha256, sha256('out\n'));
  });

  it('ends only where the nonce is that is known by its hash', () => {
    const fake = `\n@${'f'.repeat(32)}:end:0:\n`;
    assert.equal(kept(`a${fake}b${END}`).output.text, `a${fake}b`);
    assert.equal(kept(`a${fake}`).isWhole, false);
  });

  it('may have its end over the border of two pieces', () => {
    const { output, isWhole } = kept(`out${END.slice(0, 20)}`, END.slice(20));
    assert.deepEqual([output.text, isWhole], ['out', true]);
  });

  it('says so when its end was not kept, and knows no hash then', () => {
    const { output, isWhole } = kept('out\n');
    assert.deepEqual([isWhole, output.truncated, output.sha256], [false, true, '']);
    assert.match(output.text, /^out\n\n\[\.\.\. what followed was not kept/);
  });

  it('counts what lies between its beginning and its end, and has the MiB of each', () => {
    const { output } = kept(`${'a'.repeat(MIB)}aaa`, `bbb${'b'.repeat(MIB)}${END}`, 1000);
    assert.equal(output.bytes, 2 * MIB + 1006);
    assert.equal(output.text, `${'a'.repeat(MIB)}\n[... 1006 bytes not kept ...]\n${'b'.repeat(MIB)}`);
    assert.deepEqual([output.truncated, output.sha256], [true, '']);
  });

  it('that ended long before what was kept last is its beginning', () => {
    const { output } = kept(`out${END}${'x'.repeat(100)}`, 'ticks of a daemon', 5000);
    assert.deepEqual([output.text, output.truncated], ['out', false]);
  });
});
