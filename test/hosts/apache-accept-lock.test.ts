import assert from 'node:assert/strict';
import type { Ended } from '../cli/spawn.ts';
import type { FleetHost } from '../fleet/host.ts';
import { healthyApache, leakApacheSemaphores, type LeakedSets, noApache, semaphoreSets } from '../fleet/incidents.ts';
import { leavesAlone } from './host-state.ts';
import { outcomes, RunbookOnHosts } from './runbook-on-hosts.ts';
import { useFullHost } from './use-hosts.ts';

describe('apache-accept-lock on real hosts', function () {
  this.timeout(120_000);
  let web: FleetHost;
  let sets: LeakedSets;
  let hosts: RunbookOnHosts;

  useFullHost('web01', (started) => {
    web = started;
  });
  before(async () => {
    sets = await leakApacheSemaphores(web, { keyedSet: true, foreignLiveSet: true, otherUserSet: true });
    hosts = new RunbookOnHosts('apache-accept-lock', [web]);
  });

  after(() => {
    hosts?.place.remove();
  });

  it('plan names the exact sets, exits 2, and changes nothing', async () => {
    const { code, out } = await leavesAlone(web, () => runbook('plan'));
    assert.equal(code, 2);
    assert.ok(out.includes(`free: ipcrm ${sets.leaked.map((id) => `-s ${id}`).join(' ')}\n`), out);
  });

  it('run without anybody to ask is refused, and changes nothing', async () => {
    const { code, err } = await leavesAlone(web, () => runbook('run'));
    assert.equal(code, 16);
    assert.match(err, /--yes/);
  });

  it('run removes the leaked sets and no other, starts Apache, and proves it; a dead host beside it is unreachable', async () => {
    const ended = await hosts.run('run', 'all', '--yes', '--json', '--param', 'soak=5s');
    assert.deepEqual(outcomes(ended), { web01: 'repaired', gone: 'unreachable' });
    assert.equal(ended.code, 4);
    const left = await semaphoreSets(web);
    for (const id of sets.leaked) assert.ok(!left.includes(id), `set ${id} was leaked and is still there`);
    for (const id of [sets.keyed, sets.live, sets.otherUser]) assert.ok(left.includes(Number(id)), `set ${id} is gone`);
    for (const port of [80, 8080]) assert.equal((await web.exec(`curl -sf -o /dev/null localhost:${port}`)).code, 0);
  });

  it('run again finds it healthy and changes nothing', async () => {
    const ended = await leavesAlone(web, () => runbook('run', '--yes', '--json'));
    assert.deepEqual(outcomes(ended), { web01: 'healthy' });
    assert.equal(ended.code, 0);
  });

  it('leaves no lock and no claim on the host', async () => {
    assert.equal((await web.exec('ls /run/runbook; ls /run/runbook.lock')).stdout, 'incarnation\nlock\n');
  });

  it('repairs as an ordinary user with sudo', async () => {
    const again = await leakApacheSemaphores(web, { foreignLiveSet: true });
    hosts.logInAs('ops', [web]);
    const ended = await runbook('run', '--yes', '--json', '--param', 'soak=2s');
    assert.deepEqual(outcomes(ended), { web01: 'repaired' });
    const left = await semaphoreSets(web);
    assert.ok(again.leaked.every((id) => !left.includes(id)) && left.includes(Number(again.live)));
    hosts.logInAs('root', [web]);
  });

  it('removes leaked sets under a running Apache before they do harm, and leaves its own', async () => {
    await leakApacheSemaphores(web, {});
    await web.exec(`sysctl -qw kernel.sem="250 32000 32 10"; systemctl reset-failed apache2; systemctl start apache2`);
    const pid = (await web.exec('systemctl show -P MainPID apache2')).stdout;
    const ended = await runbook('run', '--yes', '--json', '--param', 'soak=2s');
    assert.deepEqual(outcomes(ended), { web01: 'repaired' });
    assert.equal((await web.exec('systemctl show -P MainPID apache2')).stdout, pid);
    assert.equal((await web.exec('curl -sf -o /dev/null localhost')).code, 0);
  });

  it('starts Apache where a run was cut off between its two fixes', async () => {
    const { leaked } = await leakApacheSemaphores(web, {});
    await web.exec(`for id in ${leaked.join(' ')}; do ipcrm -s $id; done`);
    const ended = await runbook('run', '--yes', '--json', '--param', 'soak=2s');
    assert.deepEqual(outcomes(ended), { web01: 'repaired' });
    assert.equal((await web.exec('systemctl is-active apache2')).stdout, 'active\n');
  });

  it('removes leaked sets and starts nothing where the unit is disabled', async () => {
    await leakApacheSemaphores(web, {});
    await web.exec('systemctl reset-failed apache2; systemctl disable -q apache2');
    const ended = await runbook('run', '--yes', '--json', '--param', 'soak=2s');
    assert.deepEqual(outcomes(ended), { web01: 'repaired' });
    assert.deepEqual(await semaphoreSets(web), []);
    assert.equal((await web.exec('systemctl is-active apache2')).stdout, 'inactive\n');
    await web.exec('systemctl enable -q apache2');
  });

  it('ends not-repaired and touches nothing when the configuration was broken before', async () => {
    await leakApacheSemaphores(web, {});
    await web.exec('echo "NoSuchDirective on" >/etc/apache2/conf-enabled/broken.conf');
    const ended = await leavesAlone(web, () => runbook('run', '--yes', '--json'));
    assert.deepEqual(outcomes(ended), { web01: 'not-repaired' });
    await web.exec('rm /etc/apache2/conf-enabled/broken.conf');
  });

  it('finds a healthy host healthy', async () => {
    await web.exec('sysctl -qw kernel.sem="250 32000 32 128"');
    await healthyApache(web);
    assert.deepEqual(outcomes(await runbook('run', '--yes', '--json')), { web01: 'healthy' });
  });

  it('does not apply to a host without Apache', async () => {
    await noApache(web);
    const ended = await runbook('plan', '--json');
    assert.deepEqual(outcomes(ended), { web01: 'not-applicable' });
    assert.equal(ended.code, 0);
  });

  function runbook(command: string, ...options: readonly string[]): Promise<Ended> {
    return hosts.run(command, 'web01', ...options);
  }
});
