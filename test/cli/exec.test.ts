import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { RunEvent } from '../../src/model/event.ts';
import { skip } from '../support/skip.ts';
import { PROGRAM, Workplace, type Ended } from './spawn.ts';

describe('runbook exec', function () {
  this.timeout(30_000);
  const place = new Workplace();
  after(() => {
    place.remove();
  });
  const reading = (...words: readonly string[]) => place.runbook(['exec', '--local', '--reads', ...words]);

  it('gives each word to the program as it is, and each line its host', async () => {
    const { code, out } = await reading('--', 'printf', '%s\\n', '$(id)', 'a  b', '-v');
    assert.deepEqual({ code, out }, { code: 0, out: 'localhost: $(id)\nlocalhost: a  b\nlocalhost: -v\n' });
  });

  it('gives a line to /bin/sh, keeps the streams apart, and fails with its status', async () => {
    const ended = await reading('--shell', 'echo out; echo err >&2; exit 3');
    assert.equal(ended.code, 2);
    assert.equal(ended.out, 'localhost: out\n');
    assert.match(ended.err, /^localhost: failed: exit code 3/m);
    assert.match(ended.err, /^localhost: err$/m);
  });

  it('prints the events and nothing else with --json', async () => {
    const { out, err } = await reading('--json', '--', 'true');
    const events = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as RunEvent);
    assert.equal(err, '');
    const [first] = events;
    assert.ok(first?.type === 'run-started' && first.mode === 'exec' && first.runbook === 'true');
    assert.equal(events.at(-1)?.type, 'run-finished');
  });

  it('is in the history, and is shown again', async () => {
    await reading('--', 'echo', 'hello');
    const { out } = await place.runbook(['history', '--limit', '1']);
    const [, id = ''] = /^(\w{26}) .* exec +echo hello /m.exec(out) ?? [];
    const shown = await place.runbook(['show', id]);
    assert.match(shown.out, /^echo hello {2}exec\n/);
    assert.match(shown.out, /^ {2}hello$/m);
  });

  it('ends at its deadline', async () => {
    const { code, err } = await reading('--timeout', '1s', '--', 'sleep', '60');
    assert.equal(code, 2);
    assert.match(err, /not done within its timeout; nothing of it runs any more/);
  });

  const wrong: readonly (readonly [argv: readonly string[], words: RegExp])[] = [
    [[], /name the hosts first: a pattern, or --local/],
    [['web'], /give a command after --, or --shell LINE/],
    [['web', '--shell', 'id', '--', 'id'], /give a command or --shell, not both/],
    [['web', 'grep', '-b', 'x', '/etc/hosts'], /the command, all of it and nothing else, comes after --/],
    [['web', 'grep', '-b', '--', 'x'], /the command, all of it and nothing else, comes after --/],
    [['--', 'web', 'uptime'], /the command, all of it and nothing else, comes after --/],
    [['--local', 'all', '--', 'uptime'], /the command, all of it and nothing else, comes after --/],
    [['--local', '--reads', '--batches', '1', '--', 'true'], /'--batches.*cannot be used with/],
    [['--local', '--batches', '0', '--', 'true'], /Give a number of hosts from 1/],
    [['--local', '--timeout', '0s', '--', 'true'], /Give a time from 1s on/],
    [['web', '--local', '--limit', 'a', '--', 'true'], /cannot be used with/],
  ];
  for (const [argv, words] of wrong)
    it(`refuses ${argv.join(' ')}`, async () => {
      const { code, err } = await place.runbook(['exec', ...argv]);
      assert.equal(code, 64, err);
      assert.match(err, words);
    });

  describe('that changes', () => {
    before(function () {
      if (spawnSync('unshare', ['-m', 'true']).status !== 0)
        skip(this, 'unshare -m is not possible here: root and util-linux are needed');
    });
    const sandboxed = (...argv: readonly string[]): Promise<Ended> =>
      place.spawn('unshare', [
        '-m',
        'sh',
        '-c',
        'mount -t tmpfs tmpfs /run && exec "$@"',
        'sh',
        process.execPath,
        PROGRAM,
        ...argv,
      ]);

    it('is locked, recorded before it is sent, and done', async () => {
      const file = join(place.directory, 'made');
      const { code, out, err } = await sandboxed('exec', '--local', '--json', '--', 'touch', file);
      assert.equal(code, 0, err);
      assert.ok(existsSync(file));
      const types = out
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as RunEvent).type);
      assert.ok(types.indexOf('lock-taken') < types.indexOf('step-intended'));
    });
  });
});
