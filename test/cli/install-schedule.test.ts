import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { skip } from '../support/skip.ts';
import { Workplace, type Ended } from './spawn.ts';

const RUNBOOK = `runbook: nothing
summary: Nothing is ever wrong
hosts: all
diagnose:
  - id: look
    command: ["true"]
    effect: reads
findings:
  wrong:
    when: look.code == 1
    summary: it is wrong
    advice: make it right
`;
const CONFIGURATION = `inventory: inventory.yaml
runbooks: [runbooks]
schedules:
  nothing:
    runbook: nothing
    hosts: web01
    cron: '*/5 * * * *'
  spread: { runbook: nothing, every: 1h, jitter: 5m }
  queued: { runbook: nothing, every: 1h, overlap: queue }
  gone: { runbook: gone, every: 1h }
`;
/** Keeps the crontab in a file, as slowly as another one may. */
const CRONTAB = `#!/bin/sh
case $1 in
-l) cat "$HOME/crontab" 2>/dev/null || { echo "no crontab for me" >&2; exit 1; } ;;
-r) rm "$HOME/crontab" ;;
-) cat >"$HOME/new"; sleep 0.2; mv "$HOME/new" "$HOME/crontab" ;;
esac
`;
const MINE = 'MAILTO=ops\n0 5 * * * mine\n';

describe('runbook install-schedule', function () {
  this.timeout(60_000);
  let place: Workplace;

  before(function () {
    if (!existsSync('/usr/bin/flock') && !existsSync('/bin/flock')) skip(this, 'needs flock of util-linux');
  });
  beforeEach(() => {
    place = new Workplace().write({
      'runbooks/nothing.yaml': RUNBOOK,
      'runbooks/other.yaml': RUNBOOK.replace('nothing', 'other'),
      'inventory.yaml': 'all:\n  hosts:\n    web01: { ansible_host: 192.0.2.1 }\n',
      'config.yaml': CONFIGURATION,
      'bin/crontab': CRONTAB,
      crontab: MINE,
    });
    chmodSync(join(place.directory, 'bin/crontab'), 0o755);
  });
  afterEach(() => {
    place.remove();
  });

  const install = (...argv: readonly string[]): Promise<Ended> => {
    const PATH = `${join(place.directory, 'bin')}:${process.env['PATH'] ?? ''}`;
    const environment = { PATH, RUNBOOK_CONFIG: 'config.yaml', TZ: 'UTC' };
    return place.runbook(['install-schedule', ...argv], { environment });
  };
  const crontab = (): string => readFileSync(join(place.directory, 'crontab'), 'utf8');

  it('puts a line into the crontab that says all by full paths, and takes it away to the byte', async () => {
    const first = await install('nothing', '--crontab');
    assert.equal(first.code, 0, first.err);
    const text = crontab();
    assert.ok(text.startsWith(MINE), text);
    assert.match(text, /\n\*\/5 \* \* \* \* .*flock -n -o -E 0 \//);
    const config = join(place.directory, 'config.yaml');
    const inventory = join(place.directory, 'inventory.yaml');
    const run = `run nothing --yes --on-schedule nothing --max-risk restart --inventory ${inventory} --limit=web01`;
    assert.ok(text.includes(`--config=${config} ${run}\n`), text);
    assert.match((await install('nothing', '--crontab')).out, /already\n$/);
    assert.equal((await install('nothing', '--crontab', '--remove')).code, 0);
    assert.equal(crontab(), MINE);
  });

  it('checks the programs of an inventory with the variables that they will have then', async () => {
    place.write({
      'listed.sh': '#!/bin/sh\n[ -n "$HOME" ] && [ -z "$REGION" ] || exit 3\necho \'{"all": {"hosts": ["web01"]}}\'\n',
      'needy.sh':
        '#!/bin/sh\n[ -n "$REGION" ] || { echo "no REGION" >&2; exit 3; }\necho \'{"all": {"hosts": ["web01"]}}\'\n',
    });
    for (const file of ['listed.sh', 'needy.sh']) chmodSync(join(place.directory, file), 0o755);
    const listed = await install('nothing', '--crontab', '--print', '-i', 'listed.sh');
    assert.equal(listed.code, 0, listed.err);
    assert.match(listed.out, / HOME=\S+ PATH=\S*\/usr\/bin\S* /);
    const environment = { RUNBOOK_CONFIG: 'config.yaml', TZ: 'UTC', REGION: 'eu' };
    const argv = ['install-schedule', './runbooks/other.yaml', '--crontab', '--every', '10m', '-i', 'needy.sh'];
    const needy = await place.runbook(argv, { environment });
    assert.deepEqual([needy.code, crontab()], [65, MINE], needy.err);
    assert.match(needy.err, /needy\.sh.*ended with status 3[^]*no REGION/);
  });

  it('loses nothing when two do it at once', async () => {
    const more = ['--crontab', '--every', '10m'];
    const both = await Promise.all([install('nothing', '--crontab'), install('./runbooks/other.yaml', ...more)]);
    assert.deepEqual(
      both.map(({ code }) => code),
      [0, 0],
    );
    assert.equal(crontab().match(/^# BEGIN /gm)?.length, 2);
    assert.ok(crontab().startsWith(MINE));
  });

  it('shows units that systemd takes, and writes nothing', async function () {
    if (spawnSync('systemd-analyze', ['--version']).status !== 0) skip(this, 'needs systemd-analyze');
    const shown = await install('spread', '--systemd', '--print');
    assert.equal(shown.code, 0, shown.err);
    const [, service = '', timer = ''] = shown.out.split(/^# \/\S+\/runbook-spread\.(?:service|timer)\n/m);
    place.write({ 'units/runbook-spread.service': service, 'units/runbook-spread.timer': timer });
    const units = ['service', 'timer'].map((kind) => join(place.directory, `units/runbook-spread.${kind}`));
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', ...units], { encoding: 'utf8' });
    assert.doesNotMatch(stderr, /runbook-spread/, stderr);
    assert.equal(status, 0, stderr);
    assert.match(timer, /^OnCalendar=\*-\*-\* \*:00:00 UTC$/m);
  });

  for (const [argv, message] of [
    [['spread', '--crontab'], /^error: cron knows no jitter\nhint: {2}.*--systemd/],
    [['queued', '--systemd'], /^error: the schedule queued has overlap: queue, .*\nhint: {2}.*runbook serve/],
    [['gone', '--systemd'], /^error: there is no runbook "gone"/],
    [['nothng', '--crontab'], /^error: there is no schedule "nothng"\nhint: {2}did you mean nothing\?/],
    [['nothing', '--crontab', '--max-risk', 'none'], /^error: .* is in the configuration\n/],
    [['nothing', '--crontab', '--cron', '0 25 * * *'], /^error: --cron: .*\nhint: {2}/],
    [['nothing', '--systemd', '--every', '2d'], /^error: systemd has no times .*runbook serve\n/],
    [['nothing'], /^error: say where: --systemd or --crontab\n/],
  ] as const)
    it(`${argv.join(' ')} is refused with the way out, and nothing is written`, async () => {
      const { code, err } = await install(...argv);
      assert.equal(code, 64);
      assert.match(err, message);
      assert.equal(crontab(), MINE);
    });

  it('takes no file away that somebody else wrote', async () => {
    if (process.getuid?.() === 0) {
      const { code, out } = await install('nobody-has-this-name', '--systemd', '--remove');
      assert.deepEqual([code, out], [0, 'there is nothing to take away\n']);
      return;
    }
    place.write({ '.config/systemd/user/runbook-nothing.service': '[Service]\n' });
    const { code, err } = await install('nothing', '--systemd', '--remove');
    assert.equal(code, 64);
    assert.match(err, /was not written by runbook install-schedule/);
  });
});
