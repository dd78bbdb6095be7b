import assert from 'node:assert/strict';
import type { RunEvent } from '../../src/model/event.ts';
import { PROGRAM, Workplace, type Ended } from '../cli/spawn.ts';
import { startLightHost, type FleetHost } from '../fleet/host.ts';
import { useHosts } from './use-hosts.ts';

const NAMES = ['exec01', 'exec02', 'exec03'] as const;

describe('exec and doctor on real hosts', function () {
  this.timeout(150_000);
  let hosts: readonly FleetHost[] = [];
  let place: Workplace;

  useHosts(startLightHost, NAMES, (started) => {
    hosts = started;
  });
  beforeEach(() => {
    const lines = hosts.map(
      ({ name, address, port, rootKeyFile, knownHostsFile }) =>
        `${name} ansible_host=${address} ansible_port=${port} ansible_user=root ansible_ssh_private_key_file=${rootKeyFile} runbook_known_hosts=${knownHostsFile}`,
    );
    place = new Workplace().write({ hosts: ['[web]', ...lines, ''].join('\n') });
  });
  afterEach(() => {
    place.remove();
  });

  const on = (index: number, command: string) => hosts[index]?.exec(command) ?? assert.fail('no such host');
  const exec = (...argv: readonly string[]): Promise<Ended> =>
    place.runbook(['exec', '-i', 'hosts', ...argv], { limitMs: 90_000 });
  const doctor = (...argv: readonly string[]): Promise<Ended> => place.runbook(['doctor', '-i', 'hosts', ...argv]);
  const eventsOf = ({ out }: Ended): readonly RunEvent[] =>
    out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as RunEvent);

  it('runs a command on each host, with its words as they are', async () => {
    const { code, out, err } = await exec('web', '--reads', '--', 'sh', '-c', 'hostname; echo "$1"', 'x', "it's $HOME");
    assert.equal(code, 0, err);
    assert.equal(out, NAMES.map((name) => `${name}: ${name}\n${name}: it's $HOME\n`).join(''));
  });

  it('stops after the host on which it fails first, and sends nothing twice', async () => {
    await on(0, 'touch /run/broken');
    try {
      const ended = await exec('web', '--json', '--shell', 'echo x >>/run/log; test ! -e /run/broken');
      assert.equal(ended.code, 2 | 8, ended.err);
      const logs = await Promise.all(hosts.map((_, index) => on(index, 'cat /run/log 2>/dev/null')));
      assert.deepEqual(
        logs.map(({ stdout }) => stdout.trim()),
        ['x', '', ''],
      );
      assert.equal(eventsOf(ended).filter(({ type }) => type === 'step-intended').length, 1);
    } finally {
      await on(0, 'rm -f /run/broken');
    }
  });

  it('is refused by a host that another run has locked, and tells by whom', async () => {
    const first = exec('exec01', '--reason', 'long', '--', 'sleep', '15');
    await untilTrue(async () => (await on(0, 'test -e /run/runbook.lock && echo yes')).stdout.trim() === 'yes');
    const seen = await doctor('exec01');
    assert.match(seen.out, /▲ exec01\n {4}it is locked by .* for sleep 15/);
    const second = await exec('exec01', '--', 'true');
    assert.equal(second.code, 16, second.err);
    assert.match(second.err, /refused/);
    assert.equal((await first).code, 0);
  });

  it('keeps nothing of a read whose controller was killed', async () => {
    const words = ['exec', '-i', 'hosts', 'exec03', '--reads', '--', 'sleep', '45'];
    const killed = place.spawn('timeout', ['-s', 'KILL', '15', process.execPath, PROGRAM, ...words]);
    const sleeping = async (): Promise<string> => (await on(2, 'pgrep -x sleep | wc -l')).stdout.trim();
    await untilTrue(async () => (await sleeping()) === '2'); // the command, and the deadline that needs no connection
    await killed;
    await untilTrue(async () => (await sleeping()) === '0');
  });

  it('is ready to the doctor although somebody who is gone left a note of its lock, whatever that is', async () => {
    const notes = ['mkfifo', 'ln -s /etc/shadow', `printf 'by ann\\n=uid 7\\n' >`];
    for (const note of notes) {
      await on(1, `mkdir -p -m 700 /run/runbook; rm -f /run/runbook.lock; ${note} /run/runbook.lock`);
      const ended = await doctor('exec02');
      assert.equal(ended.code, 0, ended.out);
      assert.match(ended.out, /^✔ exec02 {2}root/m, note);
    }
    await on(1, 'rm -rf /run/runbook.lock /run/runbook/lock; mkdir /run/runbook/lock');
    const [seen, refused] = [await doctor('exec02'), await exec('exec02', '--', 'true')];
    await on(1, 'rm -rf /run/runbook');
    assert.match(seen.out, /^✖ exec02\n {4}\/run\/runbook\/lock is no file/m);
    assert.equal(refused.code, 16, refused.err);
  });

  it('is looked at by the doctor, who leaves nothing behind', async () => {
    await on(1, 'rm -rf /run/runbook; mkdir -m 755 /run/runbook');
    await on(2, 'rm -rf /run/runbook /run/runbook.lock');
    const ended = await doctor('web');
    assert.equal(ended.code, 2, ended.out);
    assert.match(ended.out, /^✖ exec02\n {4}\/run\/runbook is open to others/m);
    assert.match(ended.out, /chmod 700 \/run\/runbook/);
    assert.match(ended.out, /^✔ exec03 {2}root, debian 12/m);
    assert.equal((await on(2, 'ls -d /run/runbook* 2>/dev/null')).stdout, '');
    await on(1, 'chmod 700 /run/runbook');
    assert.equal((await doctor('web')).code, 0);
  });
});

async function untilTrue(check: () => Promise<boolean>): Promise<void> {
  for (let round = 0; round < 300; round += 1) {
    if (await check()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail('it did not come to that');
}
