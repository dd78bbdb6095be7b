import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { stateOf, thisProcess } from '../../src/app/process-id.ts';
import { skip } from '../support/skip.ts';

describe('the identity of a process', () => {
  it('tells that this one lives, and that a later one with its pid is another', function () {
    if (!existsSync('/proc/self/stat')) skip(this, 'needs /proc');
    const here = thisProcess();
    assert.equal(here.pid, process.pid);
    assert.match(here.startTime, /^\d+$/);
    assert.equal(stateOf(here), 'alive');
    assert.equal(stateOf({ ...here, startTime: '1' }), 'gone');
    assert.equal(stateOf({ ...here, bootId: 'of the boot before' }), 'gone');
  });

  it('tells one on another machine from both', () => {
    const here = thisProcess();
    assert.equal(stateOf({ ...here, machine: 'other', pid: 4_194_305 }), 'elsewhere');
    assert.equal(stateOf({ ...here, machine: 'other', bootId: 'other' }), 'elsewhere');
  });

  it('knows one again on a machine that was given another name meanwhile', function () {
    if (!existsSync('/proc/self/stat')) skip(this, 'needs /proc');
    assert.equal(stateOf({ ...thisProcess(), machine: 'named-before' }), 'alive');
  });

  it('is not sure of a pid without its start time, and sure that nobody has it', () => {
    const unknown = { ...thisProcess(), startTime: '', bootId: '' };
    assert.equal(stateOf(unknown), 'elsewhere');
    assert.equal(stateOf({ ...unknown, pid: 4_194_305 }), 'gone');
  });

  it('tells that one has ended', async () => {
    const child = spawn('sleep', ['60']);
    const asked = { ...thisProcess(), pid: child.pid ?? 0, startTime: '' };
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.equal(stateOf(asked), 'gone');
  });
});
