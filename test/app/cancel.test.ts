import assert from 'node:assert/strict';
import { whyServeHas, cancel, type Processes } from '../../src/app/cancel.ts';
import type { ProcessState } from '../../src/app/process-id.ts';
import type { RunEvent } from '../../src/model/event.ts';
import type { RunRecord, Store } from '../../src/model/store.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { MemoryScheduleStore } from '../support/memory-schedule-store.ts';
import { RECORD } from '../support/run-record.ts';

const PROCESS = { machine: 'desk', pid: 4711, startTime: '1', bootId: 'b' };
const RUNNING: RunRecord = { ...RECORD, process: PROCESS };
const STEP = {
  host: 'web01',
  step: 's',
  execution: 'web01.1',
  action: 'command',
  runId: '01b',
  seq: 1,
  at: '',
} as const;
const BEGUN: RunEvent = { ...STEP, type: 'step-started', phase: 'diagnose', name: 'Read the load' };

/** A run whose process ends `endsAfterMs` after it got `signals` signals. */
class Rig implements Processes {
  readonly clock = new FakeClock();
  readonly sent: number[] = [];
  state: ProcessState = 'alive';
  record = RUNNING;
  signals = 1;
  endsAfterMs = 1000;
  refusal?: string;

  stateOf = (): ProcessState => {
    const last = this.sent[this.signals - 1];
    const isOver = last !== undefined && this.clock.monotonic() >= last + this.endsAfterMs;
    return isOver ? 'gone' : this.state;
  };

  signal(pid: number): void {
    if (this.refusal !== undefined) throw Object.assign(new Error('kill'), { code: this.refusal });
    assert.equal(pid, PROCESS.pid);
    this.sent.push(this.clock.monotonic());
  }

  cancel(kill = false): ReturnType<typeof cancel> {
    const store = { runs: () => [this.record], events: () => [BEGUN] } as Partial<Store> as Store;
    return cancel('01b', { kill }, store, this.clock, this);
  }
}

describe('cancelling a run', () => {
  it('sends its process one SIGINT and waits for its end', async () => {
    const rig = new Rig();
    assert.deepEqual(await rig.cancel(), { ok: true, value: { run: RUNNING } });
    assert.deepEqual(rig.sent, [0]);
  });

  it('sends two with kill, not so close together that they are one', async () => {
    const rig = new Rig();
    rig.signals = 2;
    assert.ok((await rig.cancel(true)).ok);
    assert.deepEqual(rig.sent, [0, 500]);
  });

  it('sends no second one to a process that is gone by then', async () => {
    const rig = new Rig();
    rig.endsAfterMs = 100;
    assert.ok((await rig.cancel(true)).ok);
    assert.deepEqual(rig.sent, [0]);
  });

  it('says after 10 s what still runs', async () => {
    const rig = new Rig();
    rig.endsAfterMs = 60_000;
    assert.deepEqual(await rig.cancel(), { ok: true, value: { run: RUNNING, running: ['web01: Read the load'] } });
    assert.equal(rig.clock.monotonic(), 10_000);
  });

  it('tells nobody anything when no process has the run, and names the ways on', async () => {
    const states: readonly [Partial<RunRecord>, ProcessState, RegExp, RegExp][] = [
      [{}, 'gone', /is not running: its process 4711 is gone/, /^how far it came: runbook show 01b$/],
      [
        { isResumable: true },
        'gone',
        /is not running: its process 4711 is gone/,
        /runbook resume 01b; .*runbook rollback 01b/,
      ],
      [{}, 'elsewhere', /process 4711 on desk/, /there: runbook cancel 01b/],
      [{ finishedAt: '', exitCode: 2 }, 'alive', /has ended already, with exit code 2/, /runbook show 01b/],
    ];
    for (const [record, state, message, hint] of states) {
      const rig = new Rig();
      rig.state = state;
      rig.record = { ...RUNNING, ...record };
      const cancelled = await rig.cancel();
      assert.ok(!cancelled.ok);
      assert.equal(cancelled.error.code, 'refused');
      assert.match(cancelled.error.message, message);
      assert.match(cancelled.error.hint ?? '', hint);
      assert.deepEqual(rig.sent, []);
    }
  });

  it('says when the process belongs to another user', async () => {
    const rig = new Rig();
    rig.refusal = 'EPERM';
    const cancelled = await rig.cancel();
    assert.match(
      cancelled.ok ? '' : cancelled.error.message,
      /4711 cannot be told to stop: it belongs to another user/,
    );
  });

  it('ends no serve for one run of it', () => {
    const process = { machine: 'here', pid: 7, startTime: '1', bootId: 'b' };
    const schedules = new MemoryScheduleStore();
    const at = '2026-01-01T00:00:00Z';
    const row = { schedule: 'apache', state: 'running', process, decidedAt: at } as const;
    schedules.take({ ...row, key: at, runId: '01a' });
    schedules.take({ ...row, key: `${at}/01b`, runId: '01b' });
    const refused = whyServeHas('01a', schedules, () => 'alive');
    assert.equal(refused?.message, 'the run 01a is one of the schedule apache, and goes on in runbook serve');
    assert.match(refused.hint ?? '', /runbook schedule pause apache --reason TEXT$/);
    assert.equal(
      whyServeHas('01a', schedules, () => 'gone'),
      undefined,
      'cancel says that itself',
    );
    assert.equal(
      whyServeHas('01b', schedules, () => 'alive'),
      undefined,
      'by hand',
    );
    assert.equal(
      whyServeHas('01c', schedules, () => 'alive'),
      undefined,
      'of no schedule',
    );
  });
});
