import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROGRAM, Workplace, type Ended } from '../cli/spawn.ts';
import { skip } from '../support/skip.ts';

const PAGE = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'reusing-steps.md'), 'utf8');

/** The files of the page by the paths in their first lines. */
const FILES = Object.fromEntries(
  [...PAGE.matchAll(/^```yaml\n# (\S+)\n([^]*?)^```$/gm)].map(([, path = '', text = '']) => [path, text]),
);

const MESSAGES = { 'queue/1.msg': 'To: a\nhello\n', 'queue/2.msg': 'hello\n', 'queue/3.msg': '\n' };

/** The program on this machine, in a mount namespace of its own with an empty /run: nothing stays behind. */
describe('The page about steps that runbooks share', function () {
  this.timeout(60_000);
  let place: Workplace;

  before(function () {
    const probe = spawnSync('unshare', ['-m', 'true']);
    if (probe.status !== 0) skip(this, 'unshare -m is not possible here: root and util-linux are needed');
  });
  beforeEach(() => {
    place = new Workplace().write({ ...FILES, ...MESSAGES });
  });
  afterEach(() => {
    place.remove();
  });

  function sandboxed(...argv: readonly string[]): Promise<Ended> {
    const params = [`queue=${join(place.directory, 'queue')}`, `aside=${join(place.directory, 'aside')}`];
    const command = [...argv, '--local', ...params.flatMap((param) => ['--param', param])];
    const inside = `mount -t tmpfs tmpfs /run && exec "$@"`;
    return place.spawn('unshare', ['-m', 'sh', '-c', inside, 'sh', process.execPath, PROGRAM, ...command]);
  }

  const files = (folder: string): readonly string[] => readdirSync(join(place.directory, folder)).toSorted();

  it('has a fragment and a runbook that lint finds nothing wrong with, and of which one is listed', async () => {
    const { code, out } = await place.runbook(['lint', ...Object.keys(FILES)]);
    assert.deepEqual([code, out], [0, '2 files, 0 errors, 0 warnings\n']);
    const listed = await place.runbook(['list']);
    assert.match(listed.out, /^queue-stuck +\.\/runbooks/m);
    assert.doesNotMatch(listed.out, /set-aside/);
    const shown = await place.runbook(['show', 'queue-stuck']);
    assert.match(
      shown.out,
      /^ +aside_move +set-aside: Set aside .*\n(?: .*\n)*? +from runbooks\/lib\/set-aside\.yaml:9\n +tags files$/m,
    );
  });

  it('sets aside what holds up the queue, as the plan showed it', async () => {
    const plan = await sandboxed('plan', 'queue-stuck');
    assert.equal(plan.code, 2, plan.err);
    assert.match(plan.out, /mv -n -- \S+\/queue\/2\.msg \S+\/aside\//);
    assert.equal(existsSync(join(place.directory, 'aside')), false);
    const { code, out } = await sandboxed('run', 'queue-stuck', '--yes');
    assert.equal(code, 0, out);
    assert.deepEqual([files('queue'), files('aside')], [['1.msg'], ['2.msg', '3.msg']]);
  });

  it('puts back what was set aside when a later message cannot be', async () => {
    mkdirSync(join(place.directory, 'aside/3.msg/3.msg'), { recursive: true });
    const { code, out } = await sandboxed('run', 'queue-stuck', '--yes');
    assert.equal(code, 2, out);
    assert.match(out, /^localhost +rolled-back/m);
    assert.deepEqual(files('queue'), ['1.msg', '2.msg', '3.msg']);
  });

  it('leaves the messages alone where their tag is left out, and says so', async () => {
    const { code, out } = await sandboxed('run', 'queue-stuck', '--yes', '--skip-tags', 'files');
    assert.equal(code, 2);
    assert.match(out, /^localhost +not-repaired/m);
    assert.match(out.replaceAll(/\s+/g, ' '), /the fix is left out by --skip-tags files/);
    assert.deepEqual(files('queue'), ['1.msg', '2.msg', '3.msg']);
    const typed = await sandboxed('run', 'queue-stuck', '--yes', '--skip-tags', 'file');
    assert.equal(typed.code, 64);
    assert.match(typed.err, /no fix step of queue-stuck has the tag "file"\nhint: +did you mean files\?/);
  });
});
