import assert from 'node:assert/strict';
import { StoreFault } from '../../src/model/store-fault.ts';
import { faultOf } from '../../src/stores/sqlite-fault.ts';

const error = (errcode: number): Error => Object.assign(new Error('said'), { errcode });
const disk = (isFull: boolean) => ({ isDiskFull: () => isFull });
const NOT_ASKED = {
  isDiskFull: (): boolean => {
    throw new Error('it was asked');
  },
};

describe('a failed write', () => {
  it('is a want of room when SQLite says so, or when a quota shows only as an I/O error', () => {
    assert.equal(faultOf(error(13), NOT_ASKED).kind, 'full');
    assert.equal(faultOf(error(778), disk(true)).kind, 'full'); // SQLITE_IOERR_WRITE
    assert.equal(faultOf(error(4874), disk(true)).kind, 'full'); // SQLITE_IOERR_SHMSIZE
  });

  it('is a broken store for every other I/O error, and for a failed flush whatever the disk says', () => {
    assert.equal(faultOf(error(778), disk(false)).kind, 'broken');
    assert.equal(faultOf(error(1034), NOT_ASKED).kind, 'broken'); // SQLITE_IOERR_FSYNC
    assert.equal(faultOf(error(1290), NOT_ASKED).kind, 'broken'); // SQLITE_IOERR_DIR_FSYNC
  });

  it('is the want of a store where its folder is no more', () => {
    const missing = Object.assign(new Error('said'), { code: 'ENOENT' });
    const { kind, message } = faultOf(missing, NOT_ASKED);
    assert.deepEqual([kind, message], ['gone', 'the folder of the store is gone (said)']);
  });

  it('is told in words of its own', () => {
    const words = [5, 6, 8, 11, 26, 1].map((code) => faultOf(error(code), disk(false)).message);
    assert.deepEqual(words, [
      'another program keeps the store locked (said)',
      'another program keeps the store locked (said)',
      'the store cannot be written any more (said)',
      'the store is damaged (said)',
      'the store is damaged (said)',
      'said',
    ]);
    const known = new StoreFault('gone', 'away');
    assert.equal(faultOf(known, NOT_ASKED), known);
  });
});
