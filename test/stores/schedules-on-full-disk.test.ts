import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, rmdirSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SharedStore } from '../../src/model/shared-store.ts';
import { StoreFault } from '../../src/model/store-fault.ts';
import { open } from '../chaos/sample-store.ts';
import { notBegun, processOf, running } from '../conformance/schedule-store.ts';
import { skip } from '../support/skip.ts';

const BLOCK = Buffer.alloc(4096, 'x');
const US = processOf(1);
const isRoot = process.getuid?.() === 0;

describe('schedules on a full disk', () => {
  let disk: string;
  let directory: string;
  let store: SharedStore;
  before(function () {
    if (!isRoot) skip(this, 'it mounts a small disk, which takes root');
    disk = mkdtempSync(join(tmpdir(), 'runbook-full-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=12m,mode=0700', 'tmpfs', disk]);
    directory = join(disk, 'state');
  });
  beforeEach(() => {
    mkdirSync(directory, { mode: 0o700 });
    store = open(directory);
  });
  afterEach(async () => {
    await store.close();
    rmSync(directory, { recursive: true });
    rmSync(join(disk, 'filler'), { force: true });
  });
  after(() => {
    if (!isRoot) return;
    execFileSync('umount', [disk]);
    rmdirSync(disk);
  });

  /** Until nothing more goes onto it, not even into the pages that the store's log has already. */
  function fill(): void {
    const descriptor = openSync(join(disk, 'filler'), 'w');
    try {
      for (;;) writeSync(descriptor, BLOCK);
    } catch (error) {
      assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC');
    } finally {
      closeSync(descriptor);
    }
  }

  /** Takes until there is no room for one more; how many it got. */
  function takeAll(from: number): number {
    for (let minute = from; ; minute += 1) {
      const note = 'as long as a reason can be. '.repeat(100);
      if (refused(() => store.schedules.take(running(minute, { note })))) return minute - from;
    }
  }

  it('are not taken, and are settled in the room of the reserve', () => {
    assert.equal(store.schedules.take(running(0)), true);
    fill();
    const taken = 1 + takeAll(1);
    assert.ok(existsSync(join(directory, 'runbook.db.reserve')), 'it was given up for something that begins');
    assert.equal(store.schedules.open().length, taken);
    for (let minute = 0; minute < taken; minute += 1)
      assert.equal(store.schedules.settle(running(minute), US, { state: 'ended', exitCode: 0 }), true);
    assert.deepEqual(store.schedules.open(), []);
    assert.ok(!existsSync(join(directory, 'runbook.db.reserve')));
    assert.ok(refused(() => store.schedules.take(running(500))));
    assert.ok(refused(() => store.schedules.take(notBegun(501))));
    assert.equal(store.schedules.occurrences({ limit: 1000 }).length, taken);
  });

  it('can be seen not to be taken before one is due, also when its mark stays where it is', () => {
    store.schedules.decideUpTo('locks', 0);
    store.schedules.probe();
    fill();
    assert.throws(
      () => {
        for (let times = 0; times < 10; times += 1) store.schedules.probe();
      },
      (error) => error instanceof StoreFault && error.kind === 'full',
    );
    assert.ok(existsSync(join(directory, 'runbook.db.reserve')), 'it was given up for a question');
    rmSync(join(disk, 'filler'));
    store.schedules.probe();
    assert.deepEqual(store.schedules.mark('locks'), { schedule: 'locks', decidedUpTo: 0 });
  });

  it('can be paused, and messages about it are put down', () => {
    store.schedules.take(running(0));
    fill();
    takeAll(1);
    const pause = { by: 'ann', reason: 'the disk is full', at: '2026-03-01T00:00:00Z' };
    store.schedules.pause('locks', pause);
    assert.deepEqual(store.schedules.mark('locks')?.paused, pause);
    const message = { id: 'm1', receiver: 'on call', body: 'x'.repeat(9000), createdAt: pause.at };
    assert.equal(store.outbox.put(message), true);
  });

  it('are taken again once there is room', () => {
    store.schedules.take(running(0));
    fill();
    const taken = takeAll(1);
    rmSync(join(disk, 'filler'));
    assert.equal(store.schedules.take(running(taken + 1)), true);
  });
});

function refused(take: () => boolean): boolean {
  try {
    assert.equal(take(), true);
    return false;
  } catch (error) {
    assert.ok(error instanceof StoreFault && error.kind === 'full', String(error));
    return true;
  }
}
