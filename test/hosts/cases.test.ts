import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROGRAM, type Ended, Workplace } from '../cli/spawn.ts';
import { type FleetHost, startLightHost } from '../fleet/host.ts';
import { fleetProblem } from '../fleet/requirements.ts';
import { skip } from '../support/skip.ts';

const problem = fleetProblem();

const RUNBOOK = `runbook: flag
summary: The flag is not there
become: true
params:
  soak: { type: duration, default: 1s }
  token: { type: secret, default: !secret TOKEN }
diagnose:
  - id: flag
    shell: cat /run/flag; cat /run/notes; echo "$TOKEN" | base64
    env: { TOKEN: "\${{ params.token }}" }
    effect: reads
    expect: result.code < 2
  - id: silent
    shell: echo nobody may know
    effect: reads
    no_log: true
findings:
  gone:
    when: '!flag.stdout.contains("up") && silent.status == "ok"'
    summary: the flag is gone
fix:
  - id: raise
    for: gone
    shell: echo up >/run/flag; echo CHANGED
    undo:
      - shell: rm /run/flag
verify:
  soak: '\${{ params.soak }}'
  steps:
    - id: seen
      shell: cat /run/flag
      effect: reads
      expect: result.stdout.startsWith("up")
`;
const FAULTS = `setup: |
  echo "db_password = hunter2-hunter2" >/run/notes
  echo set up >>/run/setups
faults:
  gone:
    summary: the flag is removed
    break: |
      rm -f /run/flag
      sleep 300 </dev/null >/dev/null 2>&1 &
      echo $! >/run/helper
    heal: |
      kill "$(cat /run/helper)" || true
      echo healed >>/run/heals
  unbreakable:
    summary: it cannot be made
    break: |
      echo half >/run/half
      echo "no such luck" >&2
      false
      echo not reached >/run/reached
    heal: rm /run/half
`;
const CASES = `cases:
  gone:
    summary: it is raised again
    fault: gone
    expect: { outcome: repaired, findings: [gone], changed: [raise] }
    untouched: cat /run/notes
    holds: grep -q up /run/flag
  proof-broken:
    summary: it is lowered again
    fault: gone
    proof: fails
    expect: { outcome: rolled-back, findings: [gone], changed: [raise] }
    untouched: ls /run/flag || true
`;
const WRONG = `cases:
  touched:
    summary: a runbook that touches what it should not is found out
    fault: gone
    expect: { outcome: repaired, findings: [gone], changed: [raise] }
    untouched: ls /run/flag || true
    holds: test -e /run/nothing
  unbreakable:
    summary: a fault that cannot be made is no success
    fault: unbreakable
    expect: { outcome: healthy }
`;

describe('Cases on real hosts', function () {
  this.timeout(120_000);
  let hosts: readonly FleetHost[];
  let place: Workplace;

  before(async function () {
    if (problem !== undefined) skip(this, problem);
    this.timeout(900_000);
    hosts = await Promise.all(['case01', 'case02'].map((name) => startLightHost({ name })));
    place = new Workplace().write({
      'runbooks/flag.yaml': RUNBOOK,
      'runbooks/flag.test/faults.yaml': FAULTS,
      'runbooks/flag.test/cases.yaml': CASES,
      known_hosts: hosts.map(({ knownHostsLine }) => `${knownHostsLine}\n`).join(''),
      'inventory.yaml': inventoryOf(hosts),
    });
  });

  after(() => {
    for (const host of hosts ?? []) host.stop();
    place?.remove();
  });

  it('are tried on several hosts at once, each set up once; what was broken is healed', async () => {
    const { code, out, err } = await runbook('test', 'flag', '--on', 'case01,case02');
    assert.equal(code, 0, out + err);
    assert.match(out, /ok {6}flag: gone on case0\d/);
    assert.match(out, /2 cases: 2 ok\n$/);
    assert.equal(await linesOn('/run/setups'), 2);
    assert.equal(await linesOn('/run/heals'), 2);
    for (const host of hosts) assert.notEqual((await host.exec('kill -0 $(cat /run/helper)')).code, 0);
  });

  it('leave no lock and no claim on a host, and no record on this machine', async () => {
    for (const host of hosts) assert.doesNotMatch((await host.exec('ls /run/runbook')).stdout, /claim|01[0-9a-z]{24}/);
    assert.equal((await runbook('history')).out, '');
  });

  it('are recorded without any secret, and played from that', async () => {
    const recorded = await runbook('record', 'flag', '--on', 'case01');
    assert.equal(recorded.code, 0, recorded.out + recorded.err);
    assert.match(recorded.out, /kept in runbooks\/flag.test\/evidence\/gone.yaml; read it before you commit it/);
    for (const name of ['gone', 'proof-broken']) {
      const text = readFileSync(join(place.directory, `runbooks/flag.test/evidence/${name}.yaml`), 'utf8');
      assert.match(text, /db_password = \*{15}\n/);
      for (const secret of [
        'hunter2',
        's3cret',
        Buffer.from('s3cret-t0ken').toString('base64').slice(0, 8),
        'nobody may know',
      ])
        assert.ok(!text.includes(secret), text);
    }
    const { code, out } = await runbook('test', 'flag');
    assert.equal(code, 0, out);
    assert.match(out, /2 cases: 2 ok\n$/);
  });

  it('fail when something else was touched, when what has to hold does not, and when the fault cannot be made', async () => {
    place.write({ 'runbooks/flag.test/cases.yaml': WRONG });
    const { code, out } = await runbook('test', 'flag', '--on', 'case01');
    place.write({ 'runbooks/flag.test/cases.yaml': CASES });
    assert.equal(code, 2);
    assert.match(out, /untouched: it is not as it was\n {10}\+ \/run\/flag\n {8}holds: exit code 1/);
    assert.match(out, /the fault unbreakable could not be made: exit code 1: no such luck/);
    assert.equal((await hosts[0]?.exec('ls /run/half /run/reached'))?.stdout, '');
  });

  const TELLS = 'echo s3cret-t0ken >&2; false';
  const telling = {
    'holds: exit code 1': { 'cases.yaml': CASES.replace('holds: grep -q up /run/flag', `holds: ${TELLS}`) },
    'the fault gone could not be made': { 'faults.yaml': FAULTS.replace('rm -f /run/flag', TELLS) },
    'setup failed': { 'faults.yaml': FAULTS.replace('echo set up >>/run/setups', TELLS) },
  };
  for (const [problem, files] of Object.entries(telling)) {
    it(`show no secret of the runbook that the texts of a case print: ${problem}`, async () => {
      const inFolder = (all: object): Record<string, string> =>
        Object.fromEntries(Object.entries(all).map(([name, text]) => [`runbooks/flag.test/${name}`, String(text)]));
      place.write(inFolder(files));
      const told = await runbook(
        'test',
        'flag',
        '--case',
        'gone',
        '--on',
        hosts[0]?.name ?? '',
        '-i',
        'inventory.yaml',
      );
      place.write(inFolder({ 'cases.yaml': CASES, 'faults.yaml': FAULTS }));
      assert.equal(told.code, 2, told.out);
      assert.ok(told.out.includes(problem), told.out);
      assert.match(told.out, /\*{8}/);
      assert.doesNotMatch(told.out + told.err, /s3cret-t0ken/);
    });
  }

  it('heal what they broke before an interrupt ends them', async () => {
    place.write({ 'runbooks/flag.test/cases.yaml': CASES.replaceAll('expect:', 'params: { soak: 10m }\n    expect:') });
    const heals = await linesOn('/run/heals');
    const ended = await interrupted(['test', 'flag', '--on', 'case01,case02']);
    place.write({ 'runbooks/flag.test/cases.yaml': CASES });
    assert.equal(ended.code, 130, ended.out + ended.err);
    assert.match(ended.err, /SIGINT: .*what was broken is healed/);
    assert.match(ended.out, /stopped flag: gone on case0\d/);
    assert.equal(await linesOn('/run/heals'), heals + 2);
  });

  it('are refused on a host that may not be broken, before it is contacted', async () => {
    const { code, err } = await runbook('test', 'flag', '--on', 'spared');
    assert.equal(code, 16);
    assert.match(err, /not so: spared/);
  });

  const runbook = (...argv: readonly string[]): Promise<Ended> =>
    place.runbook(argv, { environment: { RUNBOOK_SECRET_TOKEN: 's3cret-t0ken' }, limitMs: 60_000 });

  async function linesOn(path: string): Promise<number> {
    const counts = await Promise.all(hosts.map((host) => host.exec(`cat ${path} 2>/dev/null | wc -l`)));
    return counts.reduce((sum, { stdout }) => sum + Number(stdout), 0);
  }

  /** By SIGINT, as soon as a flag is raised: the proof goes on for minutes then. */
  async function interrupted(argv: readonly string[]): Promise<Ended> {
    await Promise.all(hosts.map((host) => host.exec('rm -f /run/flag')));
    const child = spawn(process.execPath, [PROGRAM, ...argv], {
      cwd: place.directory,
      env: place.environment({ RUNBOOK_SECRET_TOKEN: 's3cret-t0ken' }),
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (bytes: Buffer) => {
      out += bytes.toString();
    });
    child.stderr.on('data', (bytes: Buffer) => {
      err += bytes.toString();
    });
    const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
    await Promise.all(hosts.map((host) => host.exec('until [ -e /run/flag ]; do sleep 0.1; done')));
    child.kill('SIGINT');
    return { code: await closed, out, err };
  }
});

const inventoryOf = (hosts: readonly FleetHost[]): string => `
all:
  hosts:
${hosts.map(({ name, address, port }) => `    ${name}: { ansible_host: ${address}, ansible_port: ${port}, runbook_disposable: true }\n`).join('')}    spared: { ansible_host: 127.0.0.1, ansible_port: 1 }
  vars:
    ansible_user: root
    ansible_ssh_private_key_file: ${hosts[0]?.rootKeyFile}
    runbook_known_hosts: known_hosts
`;
