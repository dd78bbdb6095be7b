import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Workplace } from './spawn.ts';

const RUNBOOK = `runbook: load
summary: The machine is busy
params:
  most: { type: number, default: 4 }
diagnose:
  - id: load
    command: [cat, /proc/loadavg]
    effect: reads
findings:
  busy:
    when: size(load.stdout) > 500
    summary: more than \${{ params.most }}
    advice: look who it is
`;
const INVENTORY = 'all:\n  hosts:\n    web01: { ansible_host: 192.0.2.1 }\n';

describe('files that are wrong', function () {
  // Each starts the program again and again.
  this.timeout(120_000);
  let place: Workplace;
  beforeEach(() => {
    place = new Workplace().write({ 'runbooks/load.yaml': RUNBOOK, 'inventory.yaml': INVENTORY });
  });
  afterEach(() => {
    place.remove();
  });

  it('exit 65 with place, excerpt and hint, those of the runbook and of the inventory together', async () => {
    place.write({
      'runbooks/load.yaml': RUNBOOK.replace('load.stdout', 'load.stdot'),
      'inventory.yaml': 'all:\n  hosts:\n    web[3:1]: { a: x }\n',
    });
    const { code, out, err } = await place.runbook(['plan', 'load', '--hosts', 'all']);
    assert.equal(code, 65);
    assert.equal(out, '');
    assert.match(err, /^runbooks\/load\.yaml:11:\d+: error E_\w+: .*stdot/);
    assert.ok(
      err.includes(
        [
          'inventory.yaml:3:5: error E_RANGE: "web[3:1]": [3:1] ends before it begins',
          '  2 |   hosts:',
          '  3 |     web[3:1]: { a: x }',
          '    |     ^^^^^^^^',
          '  hint: write a range as web[01:20]',
          '',
        ].join('\n'),
      ),
      err,
    );
  });

  it('are told as JSON on standard error with --json', async () => {
    place.write({ 'inventory.yaml': 'all:\n  hosts:\n    "a b":\n' });
    const { code, out, err } = await place.runbook(['plan', 'load', '--hosts', 'all', '--json']);
    assert.equal(code, 65);
    assert.equal(out, '');
    const { file, line, column, code: name } = JSON.parse(err) as Record<string, unknown>;
    assert.deepEqual([file, line, column, name], ['inventory.yaml', 3, 5, 'E_HOST']);
  });

  it('are all told by lint, which exits 65, and 0 when there is no error', async () => {
    assert.deepEqual(await place.runbook(['lint', 'load']), {
      code: 0,
      out: '1 file, 0 errors, 0 warnings\n',
      err: '',
    });
    place.write({ 'runbooks/two.yaml': RUNBOOK, 'runbooks/three.yaml': 'runbook: three\n' });
    const lint = await place.runbook(['lint', 'load', 'two', 'runbooks/three.yaml']);
    assert.equal(lint.code, 65);
    assert.match(lint.out, /^runbooks\/two\.yaml:1:\d+: error /);
    assert.match(lint.out, /\nrunbooks\/three\.yaml:/);
    assert.match(lint.out, /\n3 files, \d+ errors, \d+ warnings?\n$/);
    const json = await place.runbook(['lint', 'two', '--json']);
    assert.equal(json.code, 65);
    for (const line of json.out.trimEnd().split('\n')) {
      assert.equal((JSON.parse(line) as { readonly file: string }).file, 'runbooks/two.yaml');
    }
  });

  const unreadable: readonly (readonly [what: string, make: (path: string) => void, code: string])[] = [
    // An inventory may be a directory; this one has nothing in it.
    ['a directory', (path) => mkdirSync(path), 'E_(?:NOTFILE|EMPTY)'],
    ['a FIFO', (path) => assert.equal(spawnSync('mkfifo', [path]).status, 0), 'E_NOTFILE'],
    ['nothing', () => undefined, 'E_READ'],
  ];
  for (const [what, make, expected] of unreadable) {
    it(`that are ${what} are refused unread, as runbook, inventory and params file`, async () => {
      make(join(place.directory, 'x.yaml'));
      const calls = [
        ['lint', 'x.yaml'],
        ['plan', 'load', '--hosts', 'all', '-i', 'x.yaml'],
        ['plan', 'load', '--hosts', 'all', '--params-file', 'x.yaml'],
      ];
      for (const argv of calls) {
        const { code, out, err } = await place.runbook(argv);
        assert.equal(code, 65);
        assert.match(out + err, new RegExp(`^x\\.yaml:1:1: error ${expected}: `));
      }
    });
  }

  it('that every user may write are refused', async () => {
    chmodSync(join(place.directory, 'runbooks/load.yaml'), 0o666);
    const { code, out } = await place.runbook(['lint', 'load']);
    assert.equal(code, 65);
    assert.match(out, /error E_PERM: /);
  });

  it('that are for Ansible are warned about where they ask for what is never done', async () => {
    place.write({
      'inventory.yaml': 'all: { hosts: { me: { ansible_connection: local } } }\n',
      'ansible.cfg': '[defaults]\nhost_key_checking = False\n',
    });
    const { code, out, err } = await place.runbook(['plan', 'load', '--hosts', 'me']);
    assert.equal(code, 0, err);
    assert.match(out, /^load would act on 0 of 1 host\nme {4}healthy/);
    assert.match(
      err,
      /^[^\n]*ansible\.cfg:2:1: warning W_NOT_FOLLOWED: not followed: host_key_checking off; host keys are always checked\n/,
    );
  });
});

describe('what the command line asks for and cannot have', () => {
  let place: Workplace;
  before(() => {
    place = new Workplace().write({ 'runbooks/load.yaml': RUNBOOK });
  });
  after(() => {
    place.remove();
  });

  const cases: readonly (readonly [title: string, argv: readonly string[], message: RegExp])[] = [
    ['an inventory where there is none', ['plan', 'load'], /^error: there is no inventory; looked at\n/],
    [
      'a runbook that is not there',
      ['plan', 'laod', '--local'],
      /^error: there is no runbook "laod"\nhint: {2}did you mean load\?/,
    ],
    [
      'a param that is not there',
      ['plan', 'load', '--local', '--param', 'mots=1'],
      /no param "mots"\nhint: {2}did you mean most\?/,
    ],
    [
      'a param of another type',
      ['plan', 'load', '--local', '--param', 'most=much'],
      /^error: --param most: expected a number/,
    ],
    ['a run that is not there', ['show', '01abc'], /^error: there is no run 01abc/],
  ];
  for (const [title, argv, message] of cases) {
    it(`${title}: exits 64 and says what there is`, async () => {
      const { code, out, err } = await place.runbook(argv);
      assert.deepEqual([code, out], [64, '']);
      assert.match(err, message);
    });
  }

  it('hosts of a runbook that names none: exits 64', async () => {
    place.write({ 'hosts.yaml': INVENTORY });
    const { code, err } = await place.runbook(['plan', 'load', '-i', 'hosts.yaml']);
    assert.equal(code, 64);
    assert.match(
      err,
      /^error: the runbook load names no hosts, and neither does the command line\nhint: {2}choose some: /,
    );
  });

  it('works without HOME, in a directory that is gone, and with a dumb terminal', async () => {
    const { code, err } = await place.shell(
      `mkdir gone && cd gone && rmdir ../gone && unset HOME && TERM=dumb COLUMNS=0 "${process.execPath}" "$RUNBOOK" list >/dev/null`,
    );
    assert.deepEqual([code, err], [0, '']);
  });
});
