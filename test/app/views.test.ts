import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { createView, type Screen, type View } from '../../src/app/views.ts';
import type { EventBody, RunEvent } from '../../src/model/event.ts';
import type { Plan } from '../../src/model/plan.ts';
import { PLAIN } from '../../src/util/style.ts';

const PLAN: Plan = {
  runId: 'r1',
  runbook: 'disk',
  runbookSha256: '',
  madeAt: '2026-01-01T00:00:00Z',
  hosts: [{ host: 'web01', outcome: 'needs-fix', reason: 'full', findings: [], steps: [] }],
  batches: [['web01']],
  maxFailures: 1,
  maxUnreachable: 3,
  sha256: '',
};

describe('the views of a run', () => {
  it('live: leaves the screen for a question and goes on below with the same story', async () => {
    const { view, err, send } = await viewOf('live');
    send(STARTED);
    await view.ask(PLAN);
    assert.match(err.text, /disk would act on 1 of 1 host\n/);
    const asked = err.text.length;
    send({ type: 'phase-started', host: 'web01', phase: 'fix' });
    await pause(150);
    assert.equal(err.text.length, asked, 'nothing is drawn over the question');
    view.resume();
    await pause(150);
    assert.match(err.text.slice(asked), /web01 {2}fix/);
    await close(view);
  });

  it('live: does not draw over a question when a signal is told meanwhile', async () => {
    const { view, err, send } = await viewOf('live');
    send(STARTED);
    await view.ask(PLAN);
    view.say('SIGINT: nothing new starts');
    await pause(150);
    assert.match(err.text, /SIGINT: nothing new starts\n$/);
    await close(view);
  });

  it('live: shows what is said before it ends', async () => {
    const { view, err, send } = await viewOf('live');
    send(STARTED);
    view.say('SIGINT: nothing new starts');
    send(FINISHED);
    await close(view);
    assert.match(err.text, /SIGINT: nothing new starts\n[^]*web01/);
  });

  it('live: ends, and shows the cursor again, though the run never finished', async () => {
    const { view, err, send } = await viewOf('live');
    send(STARTED);
    await close(view);
    assert.ok(err.text.endsWith('\u001b[?25h'));
  });

  it('json: one event a line on standard output, and nothing anywhere else', async () => {
    const { view, out, err, send } = await viewOf('json');
    send(STARTED);
    send(FINISHED);
    await close(view);
    assert.equal(view.result(PLAN, finished(), 'run'), '');
    assert.deepEqual(
      out.text
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as RunEvent).type),
      ['run-started', 'run-finished'],
    );
    assert.equal(err.text, '');
  });

  it('quiet: no progress, and no result when nothing is to be done', async () => {
    const { view, out, err, send } = await viewOf('quiet');
    send(STARTED);
    send(FINISHED);
    await close(view);
    assert.equal(out.text + err.text, '');
    assert.equal(view.result(PLAN, { ...finished(), exitCode: 0 }, 'plan'), '');
    const other = { host: 'web02', outcome: 'healthy', reason: '', findings: [], steps: [] } as const;
    const shown = view.result({ ...PLAN, hosts: [...PLAN.hosts, other] }, { ...finished(), exitCode: 2 }, 'plan');
    assert.match(shown, /^disk would act on 1 of 2 hosts\n\nweb01 {2}needs a fix/);
    assert.doesNotMatch(shown, /web02/);
  });
});

const STARTED: EventBody = {
  type: 'run-started',
  mode: 'run',
  runbook: 'disk',
  runbookSha256: '',
  hosts: ['web01'],
  startedBy: { user: 'ann', loginUser: '', machine: 'desk', reason: '', trigger: 'person' },
  version: '0',
};

const finished = () =>
  ({ type: 'run-finished', exitCode: 0, durationMs: 1, counts: { healthy: 1 }, hosts: {} }) as const;

const FINISHED: EventBody = finished();

class Text extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

async function viewOf(kind: 'live' | 'json' | 'quiet') {
  const out = new Text();
  const err = new Text();
  const size = { style: PLAIN, columns: () => 80, rows: () => 24 };
  const screen: Screen = { out: { stream: out, ...size }, err: { stream: err, ...size } };
  const view = await createView(screen, { kind, verbose: false });
  let seq = 0;
  const send = (body: EventBody): void => {
    const event: RunEvent = { ...body, runId: 'r1', seq: ++seq, at: '2026-01-01T00:00:00.000Z' };
    for (const reporter of view.reporters) reporter.accept(event);
  };
  return { view, out, err, send };
}

async function close(view: View): Promise<void> {
  for (const reporter of view.reporters) await reporter.close();
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
