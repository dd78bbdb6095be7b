import assert from 'node:assert/strict';
import type { RunEvent, RunFinished } from '../../src/model/event.ts';
import { Workplace, type Ended } from '../cli/spawn.ts';
import { startLightHost, type FleetHost } from '../fleet/host.ts';
import { useHosts } from './use-hosts.ts';

const NAMES = ['limit01', 'limit02', 'limit03', 'limit04'] as const;

const RUNBOOK = `runbook: sick
summary: The file /run/sick is there
become: true
hosts: all
diagnose:
  - id: file
    command: [test, -e, /run/sick]
    effect: reads
    expect: result.code <= 1
findings:
  sick:
    when: file.code == 0
    summary: /run/sick is there
fix:
  - id: heal
    for: sick
    shell: test ! -e /run/incurable && rm -f /run/sick && echo healed >>/run/log
    undo:
      - shell: touch /run/sick
verify:
  soak: 0s
  steps:
    - command: [test, -e, /run/sick]
      effect: reads
      expect: result.code == 1
`;

describe('limits on real hosts', function () {
  this.timeout(120_000);
  let hosts: readonly FleetHost[] = [];
  let place: Workplace;

  useHosts(startLightHost, NAMES, (started) => {
    hosts = started;
  });
  beforeEach(async () => {
    place = new Workplace().write({
      'inventory.yaml': inventoryOf(hosts.map((host) => [host.name, host])),
      'sick.yaml': `${RUNBOOK}limits: { brake: 100% }\n`,
      'braked/sick.yaml': RUNBOOK,
      'slow/sick.yaml': RUNBOOK.replace('soak: 0s', 'soak: 20s'),
      known_hosts: hosts.map(({ knownHostsLine }) => `${knownHostsLine}\n`).join(''),
    });
    await everywhere('touch /run/sick; rm -f /run/incurable /run/log');
  });
  afterEach(() => {
    place.remove();
  });

  const everywhere = (command: string): Promise<readonly string[]> =>
    Promise.all(hosts.map(async (host) => (await host.exec(command)).stdout.trim()));
  const run = (runbook: string, ...more: readonly string[]): Promise<Ended> =>
    place.runbook(['run', `${runbook}.yaml`, '-i', 'inventory.yaml', '--yes', '--json', ...more]);

  it('stop after a canary that fails: the other hosts are not even written to', async () => {
    await hosts[0]?.exec('touch /run/incurable');
    const ended = await run('sick');
    assert.equal(ended.code, 2 | 8, ended.err);
    const [first, ...others] = outcomesOf(ended);
    assert.equal(first, 'rolled-back');
    assert.deepEqual(new Set(others), new Set(['not-started']));
    assert.deepEqual(
      await everywhere('ls /run/sick /run/log 2>/dev/null'),
      NAMES.map(() => '/run/sick'),
    );
  });

  it('change nothing when most hosts have the same finding', async () => {
    const ended = await run('braked/sick');
    assert.equal(ended.code, 8, ended.err);
    assert.deepEqual(new Set(outcomesOf(ended)), new Set(['not-started']));
    assert.deepEqual(
      await everywhere('ls /run/sick /run/log 2>/dev/null'),
      NAMES.map(() => '/run/sick'),
    );
  });

  it('let two runs at once repair each host once', async () => {
    const both = await Promise.all([run('sick'), run('sick')]);
    assert.deepEqual(
      await everywhere('cat /run/log'),
      NAMES.map(() => 'healed'),
    );
    for (const { code, err } of both) assert.ok(code === 0 || code === 16, `${code}: ${err}`);
  });

  it('know a machine that was repaired just now by another name', async () => {
    assert.equal((await run('sick')).code, 0);
    await everywhere('touch /run/sick');
    const [first] = hosts;
    assert.ok(first !== undefined);
    place.write({ 'inventory.yaml': inventoryOf([['renamed', first]]) });
    const ended = await run('sick');
    assert.equal(ended.code, 16);
    const { reason } = finishOf(ended).hosts['renamed'] ?? { reason: '' };
    assert.match(reason, /^repaired \d+s ago \(as limit01, run [0-9a-z]{12}\): its cooldown of 15m is over at/);
  });

  it('let the next run finish the work of one that was killed', async () => {
    await place.shell(
      `"${process.execPath}" "$RUNBOOK" run slow/sick.yaml -i inventory.yaml --yes --json --limit limit01 |
       while read -r line; do case $line in *'"type":"proof-round"'*) pkill -9 -P $$ -f "$RUNBOOK" ;; esac; done`,
    );
    assert.equal(await hosts[0]?.exec('cat /run/log').then(({ stdout }) => stdout), 'healed\n');
    await hosts[0]?.exec('touch /run/sick');
    const ended = await run('sick', '--limit', 'limit01');
    assert.deepEqual(outcomesOf(ended), ['repaired']);
  });
});

function inventoryOf(named: readonly (readonly [string, FleetHost])[]): string {
  const lines = named.map(
    ([name, { address, port, rootKeyFile }]) =>
      `    ${name}: { ansible_host: ${address}, ansible_port: ${port}, ansible_user: root, ansible_ssh_private_key_file: ${rootKeyFile}, runbook_known_hosts: known_hosts }\n`,
  );
  return `all:\n  hosts:\n${lines.join('')}`;
}

function finishOf({ out, err }: Ended): RunFinished {
  const last = JSON.parse(out.trimEnd().split('\n').at(-1) ?? '') as RunEvent;
  assert.ok(last.type === 'run-finished', err);
  return last;
}

/** In the order of the inventory. */
function outcomesOf(ended: Ended): readonly string[] {
  const { hosts } = finishOf(ended);
  return Object.keys(hosts)
    .toSorted((a, b) => a.localeCompare(b))
    .map((name) => hosts[name]?.outcome ?? '');
}
