import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { RunEvent } from '../../src/model/event.ts';
import { skip } from '../support/skip.ts';
import { FLAG_MISSING } from './flag-missing.ts';
import { PROGRAM, Workplace, type Ended } from './spawn.ts';

const RUNBOOK = `${FLAG_MISSING}hosts: all
`;

/** The real program on this machine, in a mount namespace of its own with an empty /run: nothing stays behind. */
describe('runbook run --local', function () {
  this.timeout(30_000);
  let place: Workplace;
  let flag: string;

  before(function () {
    const probe = spawnSync('unshare', ['-m', 'true']);
    if (probe.status !== 0) skip(this, 'unshare -m is not possible here: root and util-linux are needed');
  });
  beforeEach(() => {
    place = new Workplace().write({ 'runbooks/flag-missing.yaml': RUNBOOK });
    flag = join(place.directory, 'flag');
  });
  afterEach(() => {
    place.remove();
  });

  const sandboxed = (...argv: readonly string[]): Promise<Ended> =>
    place.spawn('unshare', [
      '-m',
      'sh',
      '-c',
      `mount -t tmpfs tmpfs /run && exec "$@"`,
      'sh',
      process.execPath,
      PROGRAM,
      ...argv,
    ]);
  const params = (): readonly string[] => ['flag-missing', '--local', '--param', `flag=${flag}`];

  it('plan exits 2, shows the exact command, and changes nothing', async () => {
    const { code, out } = await sandboxed('plan', ...params());
    assert.equal(code, 2);
    assert.ok(out.includes(`touch ${flag}`), out);
    assert.ok(!existsSync(flag));
  });

  it('run --yes repairs, and a second run finds nothing to do', async () => {
    const first = await sandboxed('run', ...params(), '--yes', '--reason', 'INC-1');
    assert.equal(first.code, 0, first.err);
    assert.match(first.out, /^flag-missing: 1 repaired \(localhost\)\n\nlocalhost {2}repaired/);
    assert.ok(existsSync(flag));
    const second = await sandboxed('run', ...params(), '--yes');
    assert.equal(second.code, 0);
    assert.deepEqual([second.out, second.err], ['', ''], 'nothing to say, and nobody watches');
    const verbose = await sandboxed('run', ...params(), '--yes', '-v');
    assert.match(verbose.out, /^localhost {2}healthy/);
    assert.match(verbose.err, /^run flag-missing on 1 host/);
  });

  it('run --json prints events only, the last one with the outcome of each host', async () => {
    const { code, out } = await sandboxed('run', ...params(), '--yes', '--json');
    assert.equal(code, 0);
    const events = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as RunEvent);
    assert.deepEqual(
      events.map((event) => event.seq),
      events.map((_, index) => index + 1),
    );
    const last = events.at(-1);
    assert.ok(last?.type === 'run-finished');
    assert.equal(last.hosts['localhost']?.outcome, 'repaired');
  });

  it('run --quiet says nothing of a healthy host', async () => {
    await sandboxed('run', ...params(), '--yes');
    assert.deepEqual(await sandboxed('run', ...params(), '--yes', '--quiet'), { code: 0, out: '', err: '' });
  });

  it('run without --yes and without a terminal exits 16 at once and says what to do', async () => {
    const { code, out, err } = await place.runbook(['run', ...params()]);
    assert.deepEqual([code, out], [16, '']);
    assert.match(
      err,
      /^error: a run must be approved, and nobody can be asked: there is no terminal\nhint: {2}add --yes/,
    );
    assert.ok(!existsSync(join(place.directory, 'state')), 'nothing is written for a run that never began');
  });

  it('history and show tell afterwards who did what and why', async () => {
    await sandboxed('run', ...params(), '--yes', '--reason', 'INC-1');
    const history = await place.runbook(['history']);
    assert.match(history.out, /\n0[0-9a-z]{25} .* run +flag-missing .* 0 +1 repaired \(INC-1\)\n$/);
    const runId = /^(0[0-9a-z]{25})/m.exec(history.out)?.[1] ?? '';
    const shown = await place.runbook(['show', runId.slice(0, 12)]);
    assert.equal(shown.code, 0);
    assert.match(shown.out, /^flag-missing {2}run\n/);
    assert.match(shown.out, /reason +INC-1\n/);
    assert.match(shown.out, /\nlocalhost {2}repaired/);
    const verbose = await place.runbook(['show', runId, '-v']);
    assert.match(verbose.out, /localhost: fix make: touch /);
    const json = await place.runbook(['show', runId, '--json']);
    assert.match(json.out.trimEnd().split('\n').at(-1) ?? '', /"type":"run-finished"/);
    assert.match(
      (await place.runbook(['history', '--json'])).out,
      /^\{"runId":"0.*"counts":\{"repaired":1\},"state":"finished"\}\n$/,
    );
    assert.equal((await place.runbook(['history', '--host', 'web01'])).out, '');
  });

  describe('--plan', () => {
    const planned = async (...more: readonly string[]): Promise<string> => {
      const { out } = await sandboxed('plan', ...params(), ...more);
      return / {2}do {8}runbook run --plan (\S+)\n/.exec(out)?.[1] ?? '';
    };

    it('carries out a plan from anywhere, without a question and with nothing else typed, once', async () => {
      const id = await planned();
      const elsewhere = await place.spawn('unshare', [
        '-m',
        'sh',
        '-c',
        'mount -t tmpfs tmpfs /run && cd / && exec "$@"',
        'sh',
        process.execPath,
        PROGRAM,
        'run',
        '--plan',
        id,
      ]);
      assert.equal(elsewhere.code, 0, elsewhere.err);
      assert.match(elsewhere.out, /^localhost {2}repaired/m);
      assert.ok(existsSync(flag));

      const again = await sandboxed('run', '--plan', id);
      assert.equal(again.code, 16);
      assert.match(
        again.err,
        /^error: the plan 0\w+ was carried out already, by the run 0\w+\nhint: {2}a plan is carried out once/,
      );

      assert.match((await place.runbook(['history'])).out, / plan, carried out +flag-missing /);
      assert.match(
        (await place.runbook(['show', id])).out,
        /\nWhen it was approved\n[^]* {2}done {6}carried out by the run 0\w+\n$/,
      );
    });

    it('is void when the runbook has changed since, and nothing is changed', async () => {
      const id = await planned();
      place.write({ 'runbooks/flag-missing.yaml': `${RUNBOOK}# changed\n` });
      const { code, out, err } = await sandboxed('run', '--plan', id);
      assert.deepEqual([code, out], [16, '']);
      assert.match(
        err,
        /^error: the plan 0\w+ is void: the runbook .*\/flag-missing\.yaml, or a file [^]*\nhint: {2}make a new plan/,
      );
      assert.ok(!existsSync(flag));
    });

    it('is void when the runbook cannot be read any more', async () => {
      const id = await planned();
      place.write({ 'runbooks/flag-missing.yaml': 'runbook: [' });
      const { code, err } = await sandboxed('run', '--plan', id);
      assert.equal(code, 16);
      assert.match(err, /is void: the runbook/);
    });

    it('keeps a highest risk that the plan was made with', async () => {
      const id = await planned('--max-risk', 'none');
      const { code, out } = await sandboxed('run', '--plan', id);
      assert.equal(code, 0, out);
    });

    it('of a healthy host says that there is nothing to fix', async () => {
      await sandboxed('run', ...params(), '--yes');
      const { out } = await sandboxed('plan', ...params(), '--json');
      const id = /"runId":"(0\w+)"/.exec(out)?.[1] ?? '';
      const { code, err } = await sandboxed('run', '--plan', id);
      assert.deepEqual([code, err], [0, `the plan ${id} has nothing to fix: nothing was contacted\n`]);
    });

    it('takes no run for a plan', async () => {
      const { out } = await sandboxed('run', ...params(), '--yes', '--json');
      const id = /"runId":"(0\w+)"/.exec(out)?.[1] ?? '';
      const { code, err } = await sandboxed('run', '--plan', id);
      assert.equal(code, 64);
      assert.match(err, /^error: 0\w+ is a run, not a plan\n/);
    });
  });

  it('survives a reader that goes away', async () => {
    const code = await place.shell(`"${process.execPath}" "${PROGRAM}" list | head -c 1 >/dev/null; echo ok`);
    assert.deepEqual(code, { code: 0, out: 'ok\n', err: '' });
  });

  it('stops with 1 and clear words when the state directory is not safe', async () => {
    const { code, err } = await place.runbook(['plan', ...params()], {
      environment: { XDG_STATE_HOME: '/dev/null' },
    });
    assert.equal(code, 1);
    assert.match(err, /^error: the state directory \/dev\/null\/runbook /);
    assert.match(err, /\nhint: {2}/);
  });

  describe('on a terminal', () => {
    before(function () {
      if (spawnSync('script', ['--version']).status !== 0) skip(this, 'script (util-linux) is not here');
    });

    const onTerminal = (typed: string, ...argv: readonly string[]): Promise<Ended> => {
      const command = [process.execPath, PROGRAM, ...argv].map((word) => `'${word}'`).join(' ');
      return place.type(typed, 'unshare', [
        '-m',
        'sh',
        '-c',
        'mount -t tmpfs tmpfs /run && exec script -qefc "$1" /dev/null',
        'sh',
        command,
      ]);
    };

    it('asks after showing the plan, and repairs after yes', async () => {
      const { code, out } = await onTerminal('maybe\nyes\n', 'run', ...params());
      assert.equal(code, 0, out);
      assert.match(
        out,
        /touch [^]*Carry this out on 1 host\?\S* yes, no, diff, commands, \?: [^]*please type one of: yes, no[^]*repaired/,
      );
      assert.ok(existsSync(flag));
    });

    it('changes nothing after no', async () => {
      const { code, out } = await onTerminal('no\n', 'run', ...params());
      assert.equal(code, 16, out);
      assert.match(out, /refused/);
      assert.ok(!existsSync(flag));
    });

    it('shows every command in full when asked for the differences, and asks again', async () => {
      const { code, out } = await onTerminal('diff\nno\n', 'run', ...params());
      assert.equal(code, 16, out);
      assert.equal(out.split('Carry this out on 1 host?').length - 1, 2);
    });

    it('takes Ctrl-C at the question for an interrupt', async () => {
      const { code, out } = await onTerminal('\u0003', 'run', ...params());
      assert.equal(code, 130, out);
      assert.match(out, /SIGINT: nothing new starts/);
      assert.ok(!existsSync(flag));
    });
  });
});
