import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { skip } from '../support/skip.ts';
import { FLAG_MISSING } from './flag-missing.ts';
import { Workplace, type Ended } from './spawn.ts';

describe('a configuration on the command line', function () {
  this.timeout(40_000);
  let place: Workplace;
  beforeEach(() => {
    place = new Workplace().write({ 'ops/flag-missing.yaml': FLAG_MISSING });
  });
  afterEach(() => {
    place.remove();
  });

  const OWN = '.config/runbook/config.yaml';
  const FORBIDDING = 'runbooks: [../../ops]\npolicy: [{ name: nothing here, repair: false }]\n';
  const flag = (): string => join(place.directory, 'flag');
  const run = (...more: readonly string[]): Promise<Ended> =>
    place.runbook(['run', 'flag-missing', '--local', '--yes', '--param', `flag=${flag()}`, ...more]);

  it('says where runbooks are, and what may not be repaired: nobody is asked, and nothing is touched', async () => {
    place.write({ [OWN]: FORBIDDING });
    const { code, out } = await run();
    assert.equal(code, 16);
    assert.match(
      out,
      /refused {2}the rule "nothing here" \(\S+config\.yaml:2\) forbids repairs; found: the flag is not there/,
    );
    assert.match(out, /No option sets it aside/);
    assert.ok(!existsSync(flag()));
    place.write({ [OWN]: 'runbooks: [../../ops]\n' });
    assert.equal((await run()).code, 0);
    assert.ok(existsSync(flag()));
  });

  it('that is broken ends every command that reads it with exit code 78, all of it said', async () => {
    place.write({ [OWN]: 'forks: 0\nbrake: 20%\n' });
    for (const argv of [['list'], ['plan', 'x', '--local'], ['inventory', 'list'], ['exec', '--local', '--', 'true']]) {
      const { code, out, err } = await place.runbook(argv);
      assert.deepEqual([code, out], [78, ''], argv.join(' '));
      assert.match(err, /config\.yaml:1:8: error E_RANGE: forks: [^]*config\.yaml:2:1: error E_UNKNOWN_KEY: /);
    }
    const checked = await place.runbook(['config', 'check']);
    assert.equal(checked.code, 78);
    assert.match(checked.out, /E_RANGE[^]*E_UNKNOWN_KEY[^]*\n1 file, 2 errors, 0 warnings\n$/);
    assert.equal((await place.runbook(['history'])).code, 0);
  });

  it('is named before the command, after it, or by the variable', async () => {
    place.write({ 'other.yaml': 'forks: 7\n', [OWN]: 'forks: 0\n' });
    for (const argv of [
      ['--config', 'other.yaml', 'config', 'show', '--json'],
      ['config', 'show', '--json', '--config', 'other.yaml'],
    ]) {
      const { code, out } = await place.runbook(argv);
      assert.equal(code, 0);
      const { settings } = JSON.parse(out) as { settings: Readonly<Record<string, { value: unknown; line: number }>> };
      assert.deepEqual([settings['forks']?.value, settings['forks']?.line], [7, 1]);
    }
    const environment = { RUNBOOK_CONFIG: 'other.yaml' };
    assert.equal((await place.runbook(['list'], { environment })).code, 0);
    const gone = await place.runbook(['--config', 'gone.yaml', 'list'], { environment });
    assert.equal(gone.code, 78);
    assert.match(gone.err, /gone\.yaml:1:1: error E_READ: there is no such file/);
  });

  it('that its group may write is not believed by a run without a terminal', async () => {
    place.write({ [OWN]: 'runbooks: [../../ops]\n' });
    chmodSync(join(place.directory, OWN), 0o664);
    const { code, err } = await run();
    assert.equal(code, 78);
    assert.match(err, /error E_PERM: its group may write this file/);
    assert.equal((await place.runbook(['list'])).code, 0);
    const checked = await place.runbook(['config', 'check']);
    assert.equal(checked.code, 0);
    assert.match(checked.out, /warning E_PERM: its group may write/);
  });

  it('is shown with what each value covers, and without what only its reader may know', async () => {
    const notify = 'notify: [{ webhook: "https://h.example.org/hunter2" }, { webhook: !secret hook }]\n';
    const schedules = 'schedules: { a: { runbook: r, every: 5m, ping: "https://p.example.org/hunter3" } }\n';
    place.write({ [OWN]: `inventory: hosts.yaml\n${notify}${schedules}`, 'inventory.yaml': 'all:\n' });
    const shown = await place.runbook(['config', 'show', '--explain']);
    assert.equal(shown.code, 0);
    assert.match(
      shown.out,
      /inventory +\S*inventory\.yaml\n +from \.\/inventory\.yaml\n +covers \S+hosts\.yaml of \.config\/runbook\/config\.yaml:1\n/,
    );
    assert.match(shown.out, /webhook: https:\/\/h\.example\.org\/\*{8}\n/);
    const json = await place.runbook(['config', 'show', '--json']);
    assert.doesNotMatch(shown.out + json.out, /hunter/);
    assert.match(json.out, /"webhook":"!secret hook"/);
  });

  it('is checked with what it names: runbooks, and hosts of the inventory', async () => {
    place.write({
      [OWN]: [
        'inventory: hosts.yaml',
        'policy: [{ when: { hosts: data-bases }, repair: false }]',
        'schedules: { a: { runbook: flag-mising, every: 5m, hosts: web01 } }',
        'runbooks: [../../ops]',
        '',
      ].join('\n'),
      '.config/runbook/hosts.yaml': 'all: { hosts: { web01: {} } }\n',
    });
    const { code, out } = await place.runbook(['config', 'check']);
    assert.equal(code, 78);
    assert.match(out, /config\.yaml:3:14: error E_REF: the schedule a: there is no runbook "flag-mising"/);
    assert.match(out, /did you mean flag-missing\?/);
    assert.match(out, /config\.yaml:2:10: warning W_TARGET: data-bases names no host of /);
    assert.match(out, /\n1 file, 1 error, 1 warning\n$/);
  });

  it("of the site holds whatever the user's says, and is named by no option", async function () {
    if (spawnSync('unshare', ['-m', 'true']).status !== 0)
      skip(this, 'unshare -m is not possible here: root and util-linux are needed');
    place.write({ [OWN]: 'runbooks: [../../ops]\n', 'site.yaml': FORBIDDING.slice(FORBIDDING.indexOf('policy')) });
    const enter =
      'mount -t tmpfs tmpfs /run && cp /etc/passwd /etc/group /run && mount -t tmpfs tmpfs /etc && mv /run/* /etc && mkdir /etc/runbook && cp site.yaml /etc/runbook/config.yaml';
    const within = (text: string): Promise<Ended> =>
      place.spawn('unshare', ['-m', 'sh', '-c', `${enter}\n${text}`], { environment: { NODE: process.execPath } });
    const command = `"$NODE" "$RUNBOOK" --config ${OWN} run flag-missing --local --yes --param flag=${flag()}`;
    const refused = await within(command);
    assert.equal(refused.code, 16, refused.err);
    assert.match(refused.out, /the rule "nothing here" \(\/etc\/runbook\/config\.yaml:1\) forbids repairs/);
    const foreign = await within(`chown 1234 /etc/runbook/config.yaml; ${command}`);
    assert.equal(foreign.code, 78);
    assert.match(foreign.err, /error E_OWNER: it holds for the whole site, and belongs to the user with uid 1234/);
  });
});
