import assert from 'node:assert/strict';
import { openResumableRun, whyNotPrepared } from '../../src/app/resumable-run.ts';
import type { ProcessState } from '../../src/app/process-id.ts';
import type { EventBody, RunEvent } from '../../src/model/event.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { Flaw, Store } from '../../src/model/store.ts';

const STARTED_BY = { user: 'ann', loginUser: 'ann', machine: 'desk', reason: '', trigger: 'person' } as const;
const PROCESS = { machine: 'desk', pid: 7, startTime: '1', bootId: 'b' };

const started: EventBody = {
  type: 'run-started',
  mode: 'run',
  runbook: 'base',
  runbookSha256: 'f'.repeat(64),
  hosts: ['web01'],
  selection: { runbookFile: '/base.yaml', runbook: 'base', params: [], targets: [] },
  startedBy: STARTED_BY,
  process: PROCESS,
  version: '0',
};
const approved: EventBody = { type: 'approved', planSha256: '0', by: 'ann', how: 'yes-option' };
const finished: EventBody = { type: 'run-finished', exitCode: 0, durationMs: 1, counts: {}, hosts: {} };
const PLAN = { runId: '01run', hosts: [] } as unknown as Plan;

interface Given {
  readonly events?: readonly EventBody[];
  readonly plan?: Plan | undefined;
  readonly flaws?: readonly Flaw[];
  readonly state?: ProcessState;
  readonly takenOver?: boolean;
}

function opened({ events = [started, approved], flaws = [], state = 'gone', takenOver = false, ...given }: Given = {}) {
  const stamped = events.map((event, index): RunEvent => ({ runId: '01run', seq: index + 1, at: '', ...event }));
  const store: Partial<Store> = {
    match: (prefix) => ('01run'.startsWith(prefix) ? ['01run'] : []),
    verify: () => flaws,
    events: () => stamped,
    plan: () => ('plan' in given ? given.plan : PLAN),
  };
  return openResumableRun('01', { how: 'resume', takenOver }, store as Store, () => state);
}

const errorOf = (given: Given): string => {
  const run = opened(given);
  assert.ok(!run.ok);
  assert.ok(run.error.hint !== undefined && run.error.hint !== '', 'it says what to do next');
  return `${run.error.code}: ${run.error.message}`;
};

describe('a run that is to be resumed', () => {
  it('is opened with its plan and what was approved when its process is gone', () => {
    const run = opened();
    assert.ok(run.ok);
    assert.deepEqual([run.value.runId, run.value.sessions, run.value.hasEnded], ['01run', 1, false]);
    assert.equal(run.value.approved, PLAN);
  });

  it('is refused while its process lives, and where that cannot be seen unless a person says that it is dead', () => {
    assert.match(errorOf({ state: 'alive' }), /refused: the run 01run goes on: its process 7 lives/);
    assert.match(errorOf({ state: 'alive', takenOver: true }), /lives/);
    assert.match(errorOf({ state: 'elsewhere' }), /process 7 on desk still lives cannot be seen/);
    assert.ok(opened({ state: 'elsewhere', takenOver: true }).ok);
  });

  it('is asked for the process of its last session', () => {
    const resumed: EventBody = {
      type: 'run-resumed',
      session: 2,
      how: 'resume',
      hosts: ['web01'],
      startedBy: STARTED_BY,
      process: { ...PROCESS, pid: 9 },
      version: '0',
    };
    assert.match(errorOf({ events: [started, approved, resumed], state: 'alive' }), /process 9 lives/);
    const run = opened({ events: [started, approved, resumed] });
    assert.ok(run.ok && run.value.sessions === 2);
  });

  it('may have ended by an interrupt, whatever became of its process', () => {
    const run = opened({ events: [started, approved, finished], state: 'elsewhere' });
    assert.ok(run.ok && run.value.hasEnded);
  });

  it('is refused when it was never approved, when it is no run, and when its record is not as it was written', () => {
    assert.match(errorOf({ events: [started] }), /never approved/);
    assert.match(errorOf({ plan: undefined }), /never approved/);
    assert.match(errorOf({ events: [{ ...started, mode: 'plan' }] }), /usage: 01run is a plan/);
    assert.match(errorOf({ events: [{ ...started, mode: 'exec' }] }), /usage: 01run is a single command/);
    assert.match(errorOf({ flaws: [{ runId: '01run', seq: 3, message: 'it was edited' }] }), /event 3: it was edited/);
  });

  it('says of which run it is when what it was started with is gone or wrong by now, and what to do', () => {
    const run = opened();
    assert.ok(run.ok);
    const gone = { code: 'bad-file', message: 'no such file: /base.yaml' } as const;
    const [error] = whyNotPrepared(run.value, 'resume', { diagnostics: [], sources: [], errors: [gone] }).errors;
    assert.equal(error?.message, 'the run 01run cannot be resumed: no such file: /base.yaml');
    assert.match(error?.hint ?? '', /nothing was contacted; bring back.*, then: runbook resume 01run\n/);
    const wrong = whyNotPrepared(run.value, 'rollback', { diagnostics: [], sources: [], errors: [] });
    assert.match(wrong.errors[0]?.message ?? '', /^the run 01run cannot be rolled back: a file .* has errors now$/);
  });
});
