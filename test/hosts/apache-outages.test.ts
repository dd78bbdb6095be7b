import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { PROGRAM } from '../cli/spawn.ts';
import { baseImage } from '../fleet/base-image.ts';
import { type FleetHost, startFullHost } from '../fleet/host.ts';
import {
  leakApacheSemaphores,
  type LeakedSets,
  noApache,
  removeApacheSemaphores,
  semaphoreSets,
} from '../fleet/incidents.ts';
import { logIn } from '../fleet/login.ts';
import { fleetProblem } from '../fleet/requirements.ts';
import { skip } from '../support/skip.ts';
import { outcomes, RunbookOnHosts } from './runbook-on-hosts.ts';

const problem = fleetProblem();
const RUNBOOK = readFileSync(join(import.meta.dirname, '../../runbooks/apache-accept-lock.yaml'), 'utf8');
const BOTH = 'leak,removal';

/** Every file under /etc with all that a change could touch, the limits and the sets. Times of folders do change. */
const STATE = `
cd /etc
find . -xdev -type d -printf '%p %m %u %g\\n' -o -printf '%p %y %m %u %g %i %s %T@ %l\\n' | sort
find . -xdev -type f -exec sha256sum {} + | sort
cat /proc/sys/kernel/sem`;

describe('both outages of Apache on real hosts', function () {
  this.timeout(180_000);
  let leak: FleetHost;
  let removal: FleetHost;
  let sets: LeakedSets;
  let hosts: RunbookOnHosts;

  before(async function () {
    if (problem !== undefined) skip(this, problem);
    this.timeout(900_000);
    await baseImage();
    [leak, removal] = await Promise.all([startFullHost({ name: 'leak' }), startFullHost({ name: 'removal' })]);
    await breakBoth();
    hosts = new RunbookOnHosts('apache-accept-lock', [leak, removal]);
    const unprovable = RUNBOOK.replace('runbook: apache-accept-lock', 'runbook: unprovable')
      .replace('expect: result.counts.bad == 0', 'expect: result.counts.bad == 99')
      .replace('  steps:\n', '  within: 2s\n  steps:\n');
    assert.match(unprovable, /^runbook: unprovable$[^]*^  within: 2s$[^]* == 99$/m);
    hosts.place.write({ 'unprovable.yaml': unprovable });
  });

  after(() => {
    leak?.stop();
    removal?.stop();
    hosts?.place.remove();
  });

  it('plan names the very sets and shows the difference of the configuration, and changes nothing', async () => {
    const before = await statesOf(leak, removal);
    const { code, out } = await hosts.run('plan', BOTH);
    assert.equal(code, 2);
    assert.ok(out.includes(`free: ipcrm ${sets.leaked.map((id) => `-s ${id}`).join(' ')}\n`), out);
    assert.match(out, /^ +-Mutex sysvsem default\n +\+Mutex file:\$\{APACHE_LOCK_DIR\} default$/m);
    assert.deepEqual(await statesOf(leak, removal), before);
  });

  it('a full disk of the lock is found, and no set is removed', async () => {
    const before = await semaphoreSets(leak);
    await done(leak, 'install -d -o www-data /run/lock/apache2; mount -t tmpfs -o size=64k full /run/lock/apache2');
    await leak.exec('head -c 1M /dev/zero >/run/lock/apache2/full');
    const { code, out } = await hosts.run('run', 'leak', '--yes', '--param', 'mutex=file');
    await done(leak, 'umount /run/lock/apache2');
    assert.equal(code, 2);
    assert.match(out, /leak +not-repaired +blocked: \/run\/lock\/apache2 is 100 % full/);
    assert.deepEqual(await semaphoreSets(leak), before);
  });

  it('a configuration that was broken before is left alone, and that is said', async () => {
    await done(removal, 'echo "NoSuchDirective on" >/etc/apache2/conf-enabled/broken.conf');
    const before = await statesOf(removal);
    const { code, out } = await hosts.run('run', 'removal', '--yes');
    assert.equal(code, 2);
    assert.match(out, /removal +not-repaired +blocked: Apache's configuration does not parse: .*NoSuchDirective/);
    assert.match(out, /nothing was touched/);
    assert.deepEqual(await statesOf(removal), before);
    await done(removal, 'rm /etc/apache2/conf-enabled/broken.conf');
  });

  it('what cannot be proven is undone: every file of /etc and kernel.sem are as before', async () => {
    const before = await statesOf(leak, removal);
    const unprovable = async (host: string, ...options: readonly string[]): Promise<void> => {
      const all = ['--yes', '--json', '--param', 'soak=1s', ...options];
      const ended = await hosts.runFile('./unprovable.yaml', 'run', host, ...all);
      assert.deepEqual([outcomes(ended), ended.code], [{ [host]: 'rolled-back' }, 2]);
    };
    await unprovable('leak', '--param', 'mutex=file', '--param', 'raise_semmni=256');
    await unprovable('removal');
    assert.deepEqual(await statesOf(leak, removal), before);
  });

  it('one run repairs both', async () => {
    await breakBoth();
    await reportOomKill(removal);
    const ended = await hosts.run('run', BOTH, '--yes', '--json', '--param', 'soak=3s', '--param', 'raise_semmni=256');
    assert.deepEqual([outcomes(ended), ended.code], [{ leak: 'repaired', removal: 'repaired' }, 0]);
    assert.match(ended.out, /"name":"killed_by_oom","severity":"info","state":"present"/);

    const left = await semaphoreSets(leak);
    for (const id of sets.leaked) assert.ok(!left.includes(id), `set ${id} was leaked and is still there`);
    for (const id of [sets.keyed, sets.live, sets.otherUser]) assert.ok(left.includes(Number(id)), `set ${id} is gone`);
    assert.match(await done(leak, 'cat /proc/sys/kernel/sem /etc/sysctl.d/*runbook*'), /^250\t32000\t32\t256\n[^]*256/);
    assert.equal(await done(leak, 'grep ^Mutex /etc/apache2/apache2.conf'), 'Mutex sysvsem default\n');

    assert.equal(
      await done(removal, 'grep ^Mutex /etc/apache2/apache2.conf'),
      'Mutex file:${APACHE_LOCK_DIR} default\n',
    );
    assert.deepEqual(await semaphoreSets(removal), []);
    for (const host of [leak, removal])
      for (const port of [80, 8080]) await done(host, `curl -sf -o /dev/null localhost:${port}`);
  });

  it('Apache lives through a login and logout of its run user', async () => {
    const parent = await done(removal, 'systemctl show -P MainPID apache2');
    await logIn(removal, 'web', 'true');
    await sleep(15_000);
    assert.equal(await done(removal, 'systemctl show -P MainPID apache2; curl -sf -o /dev/null localhost'), parent);
  });

  it('run again finds both healthy and changes nothing, whatever mutex is asked for', async () => {
    const before = await statesOf(leak, removal);
    for (const mutex of ['auto', 'file']) {
      const ended = await hosts.run('run', BOTH, '--yes', '--json', '--param', `mutex=${mutex}`);
      assert.deepEqual([outcomes(ended), ended.code], [{ leak: 'healthy', removal: 'healthy' }, 0]);
    }
    assert.deepEqual(await statesOf(leak, removal), before);
  });

  it('a controller that is killed after it moved the mutex leaves what the next run finishes', async () => {
    await removeApacheSemaphores(removal);
    await killAfter('mutex');
    assert.equal(await done(removal, 'grep -c ^Mutex.file: /etc/apache2/apache2.conf'), '1\n');
    await done(removal, 'flock -w 30 /run/runbook/lock true');
    const { code, out } = await hosts.run('run', 'removal', '--yes', '--param', 'soak=2s');
    assert.equal(code, 0, out);
    assert.equal(await done(removal, 'systemctl is-active apache2'), 'active\n');
  });

  it('a mutex that is moved already, and an Apache that is still down, are found and started', async () => {
    const moved = `sed -i 's|^Mutex .*|Mutex file:\${APACHE_LOCK_DIR} default|' /etc/apache2/apache2.conf`;
    [sets] = await Promise.all([leakApacheSemaphores(leak), removeApacheSemaphores(removal)]);
    await done(leak, `${moved}; for id in ${sets.leaked.join(' ')}; do ipcrm -s $id; done`);
    // As after a restart of the host: apache2ctl makes the folders when it starts Apache.
    await done(removal, `${moved}; rm -r /run/lock/apache2 /run/apache2`);
    const ended = await hosts.run('run', BOTH, '--yes', '--json', '--param', 'mutex=file', '--param', 'soak=1s');
    assert.deepEqual([outcomes(ended), ended.code], [{ leak: 'repaired', removal: 'repaired' }, 0]);
    for (const host of [leak, removal]) await done(host, 'systemctl is-active apache2');
  });

  it('an Apache that was only started again gets another mutex, and so a full restart', async () => {
    await removeApacheSemaphores(removal);
    const kept = await hosts.run('run', 'removal', '--yes', '--json', '--param', 'mutex=keep', '--param', 'soak=1s');
    assert.deepEqual(outcomes(kept), { removal: 'repaired' });
    assert.match(kept.out, /"name":"removal_possible","severity":"info","state":"present"/);
    const parent = await done(
      removal,
      'systemctl show -P MainPID apache2; grep -q "^Mutex sysvsem" /etc/apache2/apache2.conf',
    );
    const ended = await hosts.run('run', 'removal', '--yes', '--json', '--param', 'soak=1s');
    assert.deepEqual(outcomes(ended), { removal: 'repaired' });
    assert.deepEqual(await semaphoreSets(removal), []);
    assert.notEqual(await done(removal, 'systemctl show -P MainPID apache2'), parent);
  });

  it('does not apply to a host without Apache', async () => {
    await noApache(removal);
    const ended = await hosts.run('run', 'removal', '--yes', '--json');
    assert.deepEqual([outcomes(ended), ended.code], [{ removal: 'not-applicable' }, 0]);
  });

  async function breakBoth(): Promise<void> {
    const options = { keyedSet: true, foreignLiveSet: true, otherUserSet: true };
    [sets] = await Promise.all([leakApacheSemaphores(leak, options), removeApacheSemaphores(removal)]);
  }

  /** Ends the program as a power cut would, when the end of this fix step was recorded. */
  async function killAfter(step: string): Promise<void> {
    const argv = [
      PROGRAM,
      'run',
      'apache-accept-lock',
      '-i',
      'inventory.yaml',
      '--limit',
      'removal',
      '--yes',
      '--json',
    ];
    const { directory } = hosts.place;
    const child = spawn(process.execPath, argv, { cwd: directory, env: hosts.place.environment() });
    const ended = once(child, 'exit');
    for await (const line of createInterface(child.stdout)) {
      const event = JSON.parse(line) as { readonly type: string; readonly phase?: string; readonly step?: string };
      if (event.type === 'step-ended' && event.phase === 'fix' && event.step === step) child.kill('SIGKILL');
    }
    assert.deepEqual(await ended, [null, 'SIGKILL']);
  }
});

/** The host shares the kernel of this machine, which must not run out of memory for a test: its words are put into the log. */
async function reportOomKill(host: FleetHost): Promise<void> {
  const words =
    'oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,' +
    'oom_memcg=/system.slice/apache2.service,task_memcg=/system.slice/apache2.service,task=apache2,pid=936,uid=0';
  const killed =
    'Memory cgroup out of memory: Killed process 936 (apache2) total-vm:203196kB, anon-rss:30464kB, ' +
    'file-rss:4576kB, shmem-rss:0kB, UID:0 pgtables:116kB oom_score_adj:0';
  await done(
    host,
    `cat >/usr/local/sbin/journalctl <<'EOF'
#!/bin/sh
case "$*" in *_TRANSPORT=kernel*) ;; *) exec /usr/bin/journalctl "$@" ;; esac
time=$(date +%Y-%m-%dT%H:%M:%S.000000+0000)
echo "$time web kernel: ${words}"
echo "$time web kernel: ${killed}"
EOF
chmod 755 /usr/local/sbin/journalctl`,
  );
}

async function statesOf(...hosts: readonly FleetHost[]): Promise<readonly string[]> {
  return Promise.all(hosts.map((host) => done(host, STATE)));
}

async function done(host: FleetHost, command: string): Promise<string> {
  const { code, stdout, stderr } = await host.exec(command);
  assert.equal(code, 0, `${host.name}: ${command}: ${stderr}`);
  return stdout;
}
