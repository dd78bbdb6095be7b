import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT_ALONE, EXIT_BITS } from '../../src/model/exit-code.ts';
import { Workplace } from './spawn.ts';

describe('help', () => {
  const place = new Workplace();
  after(() => {
    place.remove();
  });

  for (const command of [
    ...['', 'run', 'plan', 'list', 'show', 'lint', 'schema', 'actions', 'history', 'report', 'exec', 'doctor'],
    ...['test', 'record', 'new', 'resume', 'rollback'],
    ...['inventory', 'inventory list', 'inventory graph', 'inventory host', 'inventory vars'],
    ...['config', 'config show', 'config check', 'notify', 'notify test', 'schedule', 'schedule list', 'schedule next'],
    ...[
      'schedule run',
      'schedule pause',
      'schedule resume',
      'schedule release',
      'schedule history',
      'install-schedule',
    ],
  ]) {
    const words = command.split(' ').filter((word) => word !== '');
    it(`of runbook ${command} is what test/cli/golden holds`, async () => {
      const golden = readFileSync(
        join(import.meta.dirname, 'golden', `help-${words.join('-') || 'runbook'}.txt`),
        'utf8',
      );
      assert.deepEqual(await place.runbook([...words, '--help']), { code: 0, out: golden, err: '' });
      assert.deepEqual(await place.runbook([...words, '-h']), { code: 0, out: golden, err: '' });
    });
  }

  it('goes to standard error, with exit code 64, when nothing is asked for', async () => {
    const { code, out, err } = await place.runbook([]);
    assert.equal(code, 64);
    assert.equal(out, '');
    assert.match(err, /^Usage: runbook COMMAND/);
  });

  it('shows every exit code there is', async () => {
    const { out } = await place.runbook(['--help']);
    for (const { code, meaning } of [...EXIT_BITS, ...EXIT_ALONE]) {
      assert.ok(out.includes(`${String(code).padStart(5)}  ${meaning}\n`), `${code}`);
    }
  });

  it('answers --version without a word more', async () => {
    const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8')) as {
      readonly version: string;
    };
    assert.deepEqual(await place.runbook(['--version']), { code: 0, out: `${version}\n`, err: '' });
  });
});
