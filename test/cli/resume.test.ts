import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { skip } from '../support/skip.ts';
import { hasSaid, startRun, type BegunRun } from './begun-run.ts';
import { Workplace } from './spawn.ts';

const RUNBOOK = `runbook: count
summary: A file says that it is sick
hosts: all
become: false
params:
  folder: { type: string }
diagnose:
  - { id: mark, command: [test, -e, '\${{ params.folder }}/sick'], effect: reads, expect: result.code <= 1 }
findings:
  sick: { when: mark.code == 0, summary: The file is there }
fix:
  - { id: one, for: sick, shell: 'echo one >>\${{ params.folder }}/count', undo: { none: it only counts } }
  - { id: two, for: sick, shell: 'touch \${{ params.folder }}/begun; sleep 2; echo two >>\${{ params.folder }}/count', undo: [{ shell: 'echo undone >>\${{ params.folder }}/count' }] }
  - { id: three, for: sick, shell: 'echo three >>\${{ params.folder }}/count; rm \${{ params.folder }}/sick', undo: { none: it only counts } }
verify:
  soak: 0s
  within: 1s
  steps:
    - { command: [test, -e, '\${{ params.folder }}/sick'], effect: reads, expect: result.code == 1 }
`;

describe('a run whose process was killed', function () {
  this.timeout(60_000);
  let place: Workplace;
  let child: BegunRun | undefined;
  beforeEach(function () {
    if (!existsSync('/proc/self/stat')) skip(this, 'needs /proc');
    place = new Workplace();
    writeFileSync(join(place.directory, 'count.yaml'), RUNBOOK);
    writeFileSync(join(place.directory, 'sick'), '');
  });
  afterEach(() => {
    child?.kill('SIGKILL');
    place.remove();
  });

  const counted = (): string => readFileSync(join(place.directory, 'count'), 'utf8');

  /** Resolves when its second step was sent and it is dead. */
  async function killInTheMiddle(): Promise<void> {
    const argv = ['run', './count.yaml', '--local', '--yes', '--param', `folder=${place.directory}`];
    const started = startRun(place, argv);
    child = started;
    await hasSaid(started, /"type":"step-intended"[^\n]*"step":"two"/);
    // The intent is there before anything is sent.
    while (!existsSync(join(place.directory, 'begun'))) await pause(20);
    const ended = once(started, 'exit');
    started.kill('SIGKILL');
    await ended;
  }

  it('is gone on with: what it had begun ends, and is not begun again', async () => {
    await killInTheMiddle();
    const resumed = await place.runbook(['resume', 'last']);
    assert.equal(resumed.code, 0, resumed.err);
    assert.match(resumed.out, /localhost +repaired/);
    assert.equal(counted(), 'one\ntwo\nthree\n');
    assert.match((await place.runbook(['show', 'last'])).out, /\n {2}resumed +20\d\d-/);
    const again = await place.runbook(['resume', 'last']);
    assert.equal(again.code, 16);
    assert.match(again.err, /every host has come to its end/);
  });

  it('is undone: what it had begun ends first', async () => {
    await killInTheMiddle();
    const unknown = await place.runbook(['rollback', 'zzzz']);
    assert.deepEqual([unknown.code, /there is no run zzzz/.test(unknown.err)], [64, true]);
    const asked = await place.runbook(['rollback', 'last']);
    assert.equal(asked.code, 16);
    assert.match(asked.err, /two[^]*error: a rollback must be approved, and nobody can be asked/);
    const undone = await place.runbook(['rollback', 'last', '--yes']);
    assert.equal(undone.code, 2, undone.err);
    assert.match(undone.out, /localhost +rolled-back/);
    assert.equal(counted(), 'one\ntwo\nundone\n');
  });

  it('is left as it is when its runbook is another one now', async () => {
    await killInTheMiddle();
    writeFileSync(
      join(place.directory, 'count.yaml'),
      RUNBOOK.replace('it is sick', 'it is ill').replace('sleep 2', 'sleep 3'),
    );
    const resumed = await place.runbook(['resume', 'last']);
    assert.notEqual(resumed.code, 0);
    assert.match(resumed.err, /changed/);
  });
});
