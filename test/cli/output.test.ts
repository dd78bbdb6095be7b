import assert from 'node:assert/strict';
import { PROGRAM, Workplace } from './spawn.ts';

describe('what is printed and cannot be written', () => {
  let place: Workplace;

  before(function () {
    if (process.platform !== 'linux') this.skip();
    place = new Workplace();
  });

  after(() => {
    place?.remove();
  });

  it('on a full disk is told in one line and makes the exit code 1', async () => {
    const { code, err } = await place.shell(`"${process.execPath}" "${PROGRAM}" list >/dev/full`);
    assert.equal(err, 'error: what was printed is incomplete: ENOSPC: no space left on device, write\n');
    assert.equal(code, 1);
  });

  it('keeps an exit code that says more', async () => {
    const { code } = await place.shell(`"${process.execPath}" "${PROGRAM}" lint no-such-file.yaml 2>/dev/full`);
    assert.equal(code, 65);
  });
});
