import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Ended } from '../cli/spawn.ts';
import { startFullHost, type FleetHost } from '../fleet/host.ts';
import { healthyApache, leakApacheSemaphores, removeApacheSemaphores, semaphoreSets } from '../fleet/incidents.ts';
import { onHost } from '../fleet/on-host.ts';
import { leavesAlone } from './host-state.ts';
import { findings, outcomes, RunbookOnHosts } from './runbook-on-hosts.ts';
import { useHosts } from './use-hosts.ts';

/** Each is nearly a set of Apache's, and none is: another size, key, mode or owner, a live last process, somebody who waits. */
const OTHER_SETS = `
as() { user=$1; shift; setpriv --reuid "$user" --regid "$user" --clear-groups perl -e "$1"; }
used='or die $!; semop($id, pack("s!3", 0, 1, 0)) or die $!;'
as www-data '$id = semget(0, 13, 0600) '"$used"
as www-data '$id = semget(0x7a03096d, 13, 01600) '"$used"
as www-data '$id = semget(0x7a03096e, 1, 01600) '"$used"
as www-data '$id = semget(0, 1, 0660) '"$used"
as daemon '$id = semget(0, 1, 0600) '"$used"
as www-data '$id = semget(0, 1, 0600) '"$used"' semop($id, pack("s!3", 0, -1, 0)) or die $!; exit if fork;
  close $_ for STDIN, STDOUT, STDERR; semop($id, pack("s!3", 0, -1, 0))'`;

describe('What looks like the outage of Apache and is not, on real hosts', function () {
  this.timeout(120_000);
  let web: FleetHost;
  let person: FleetHost;
  let hosts: RunbookOnHosts;

  useHosts(startFullHost, ['traps', 'person'], ([first, second]) => {
    assert.ok(first && second);
    [web, person] = [first, second];
    hosts = new RunbookOnHosts('apache-accept-lock', [web, person]);
  });
  after(() => hosts?.place.remove());

  it('sets of another size, key, mode and owner, of live programs and with waiters stay, beside leaked ones', async () => {
    const { leaked } = await leakApacheSemaphores(web, { foreignLiveSet: true });
    await limitTo('250 32000 32 32');
    await onHost(web, OTHER_SETS);
    const others = (await rowsOf(web)).filter(({ id }) => !leaked.includes(id));
    assert.equal(others.length, 7);
    await limitTo(`250 32000 32 ${others.length + leaked.length}`);
    assert.deepEqual(outcomes(await run()), { traps: 'repaired' });
    const left = await rowsOf(web);
    for (const { row } of others)
      assert.ok(
        left.some((one) => one.row === row),
        `touched: ${row}`,
      );
    assert.ok(left.every(({ id }) => !leaked.includes(id)));
  });

  it('sets that others have used up are left to them, and Apache stays as it is', async () => {
    const { leaked } = await leakApacheSemaphores(web);
    await onHost(web, `for id in ${leaked.join(' ')}; do ipcrm -s $id; done; systemctl reset-failed apache2`);
    await onHost(
      web,
      'for i in 1 2 3 4 5 6 7 8; do setpriv --reuid daemon --regid daemon --clear-groups ipcmk -S 1; done',
    );
    await onHost(web, '! systemctl start apache2');
    await unchanged('exhausted_by_others');
  });

  it('semaphores are used up in all (SEMMNS), while there is room for sets', async () => {
    const { leaked } = await leakApacheSemaphores(web);
    await limitTo(`250 ${leaked.length} 32 128`);
    const ended = await run();
    assert.deepEqual(outcomes(ended), { traps: 'repaired' });
    assert.match(ended.out, /\(limit 128; SEMMNS, the limit on semaphores in all, is used up\) were leaked/);
    assert.equal(await onHost(web, 'cat /proc/sys/kernel/sem'), `250\t${leaked.length}\t32\t128`);
    for (const id of leaked) assert.ok(!(await semaphoreSets(web)).includes(id));
  });

  it('a live process has the pid of the last one that used a leaked set, and keeps it', async () => {
    const { leaked } = await leakApacheSemaphores(web);
    const [set] = leaked;
    const pid = await onHost(web, `ipcs -s -i ${set} | awk '$1 == "0" { print $5 }'`);
    await sleep(1100); // times of sets are in whole seconds
    await onHost(
      web,
      `for try in $(seq 50); do
         echo $((${pid} - 1)) >/proc/sys/kernel/ns_last_pid
         setpriv --reuid www-data --regid www-data --clear-groups sleep 900 >/dev/null 2>&1 & [ $! != ${pid} ] || exit 0
         kill $!
       done; exit 1`,
    );
    assert.deepEqual(outcomes(await run()), { traps: 'repaired' });
    const left = await semaphoreSets(web);
    assert.ok(leaked.every((id) => !left.includes(id)));
    assert.equal(await onHost(web, `cat /proc/${pid}/comm; kill ${pid}`), 'sleep');
  });

  it('no inode is left where the lock is', async () => {
    await leakApacheSemaphores(web);
    await onHost(
      web,
      `install -d -o www-data /run/lock/apache2; mount -t tmpfs -o nr_inodes=5 inodes /run/lock/apache2
       touch /run/lock/apache2/1 /run/lock/apache2/2 /run/lock/apache2/3 /run/lock/apache2/4; ! touch /run/lock/apache2/5`,
    );
    try {
      const ended = await unchanged('disk_full', '--param', 'mutex=file');
      assert.match(ended.out, /\/run\/lock\/apache2 is \d+ % full \(inodes 100 %\)/);
    } finally {
      await onHost(web, 'umount /run/lock/apache2');
    }
  });

  it('two controllers at once, one of them an ordinary user, do it once', async () => {
    const { leaked } = await leakApacheSemaphores(web, { foreignLiveSet: true });
    const second = new RunbookOnHosts('apache-accept-lock', [web]);
    second.logInAs('ops', [web]);
    const starts = 'journalctl -q -u apache2 -o cat | grep -c "^Started " || true';
    const before = Number(await onHost(web, starts));
    try {
      const both = await Promise.all([run(), second.run('run', 'traps', '--yes', '--json', '--param', 'soak=2s')]);
      const ends = both.map((ended) => outcomes(ended)['traps'] ?? '');
      assert.ok(ends.includes('repaired'), ends.join());
      for (const end of ends) assert.match(end, /^(repaired|healthy|refused)$/);
      assert.ok(ends.filter((end) => end === 'repaired').length === 1, ends.join());
    } finally {
      second.place.remove();
    }
    assert.equal(Number(await onHost(web, starts)) - before, 1);
    const left = await semaphoreSets(web);
    assert.ok(leaked.every((id) => !left.includes(id)));
  });

  it('a healthy host is left alone, and so is one with a few leaked sets and much room', async () => {
    await leakApacheSemaphores(web);
    await limitTo('250 32000 32 128');
    await onHost(web, 'systemctl reset-failed apache2');
    await healthyApache(web);
    assert.deepEqual(outcomes(await leavesAlone(web, run)), { traps: 'healthy' });
  });

  it('a login as the run user is refused before it changes anything', async () => {
    await removeApacheSemaphores(person);
    await onHost(person, "echo 'web ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/web");
    hosts.logInAs('web', [web, person]);
    const ended = await leavesAlone(person, () => hosts.run('run', 'person', '--yes', '--json'));
    hosts.logInAs('root', [web, person]);
    assert.deepEqual(outcomes(ended), { person: 'not-repaired' });
    assert.ok(findings(ended).includes('run_user_login'), findings(ended).join());
  });

  function run(...options: readonly string[]): Promise<Ended> {
    return hosts.run('run', 'traps', '--yes', '--json', '--param', 'soak=2s', ...options);
  }

  async function unchanged(finding: string, ...options: readonly string[]): Promise<Ended> {
    const ended = await leavesAlone(web, () => run(...options));
    assert.deepEqual(outcomes(ended), { traps: 'not-repaired' });
    assert.ok(findings(ended).includes(finding), findings(ended).join());
    return ended;
  }

  async function limitTo(limits: string): Promise<void> {
    await onHost(web, `sysctl -qw kernel.sem="${limits}"`);
  }
});

async function rowsOf(host: FleetHost): Promise<readonly { readonly id: number; readonly row: string }[]> {
  const rows = (await onHost(host, 'tail -n +2 /proc/sysvipc/sem')).split('\n');
  return rows.map((row) => ({ id: Number(row.trim().split(/\s+/)[1]), row }));
}
