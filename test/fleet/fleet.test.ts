import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { baseImage } from './base-image.ts';
import { processFleet, sweep } from './fleet.ts';
import { startFullHost, startLightHost, type FleetHost } from './host.ts';
import {
  healthyApache,
  leakApacheSemaphores,
  LIVE_SET_UNIT,
  noApache,
  removeApacheSemaphores,
  semaphoreSets,
} from './incidents.ts';
import { logIn } from './login.ts';
import { fleetFolder } from './records.ts';
import { fleetProblem } from './requirements.ts';
import { skip } from '../support/skip.ts';
import { execute } from './shell.ts';
import { traces } from './traces.ts';

const problem = fleetProblem();

describe('A fleet of real hosts', function () {
  this.timeout(60_000);
  let web: FleetHost;

  before(async function () {
    if (problem !== undefined) skip(this, problem);
    this.timeout(900_000);
    await baseImage();
    web = await startFullHost({ name: 'web01' });
  });

  after(() => web?.stop());

  it('boots a host with systemd as its first process', async () => {
    assert.match(await output(web, 'systemctl is-system-running; true'), /^(running|degraded)$/);
    assert.equal(await output(web, 'cat /proc/1/comm; hostname'), 'systemd\nweb01');
  });

  it('lets root and an ordinary user with sudo log in by key', async () => {
    assert.equal(await logIn(web, 'root', 'id -un'), 'root\n');
    assert.equal(await logIn(web, 'ops', 'id -un; sudo -n id -un'), 'ops\nroot\n');
  });

  it("lists all of the host's keys for ssh to check it by", async () => {
    const { code, stdout } = await execute('ssh-keygen', ['-F', web.address, '-f', web.knownHostsFile]);
    assert.equal(code, 0);
    for (const type of ['ssh-rsa', 'ecdsa-sha2-nistp256', 'ssh-ed25519']) assert.ok(stdout.includes(` ${type} `), type);
  });

  it('comes back from a reboot with its address and another boot id', async () => {
    const bootId = 'cat /proc/sys/kernel/random/boot_id';
    const before = await output(web, bootId);
    await web.exec('systemctl reboot');
    await until(async () => (await web.exec(`systemctl is-active -q ssh && ${bootId}`)).stdout.trim().length === 36);
    await until(async () => (await output(web, bootId)) !== before);
    await until(async () => (await web.exec('systemctl is-system-running --wait')).code === 0);
    assert.equal(await logIn(web, 'root', 'hostname'), 'web01\n');
  });

  it('leaves Apache down for want of a semaphore set, with room on the disk', async () => {
    const sets = await leakApacheSemaphores(web, { keyedSet: true, foreignLiveSet: true, otherUserSet: true });
    assert.equal(sets.leaked.length, 5);
    assert.deepEqual(await semaphoreSets(web), [sets.keyed, sets.live, sets.otherUser, ...sets.leaked]);
    assert.match(await output(web, 'journalctl -u apache2'), /\(28\)No space left on device: AH00023/);
    assert.ok(parseInt(await output(web, 'df --output=pcent / | tail -n 1')) < 10);
    assert.equal(await output(web, `systemctl is-active apache2 ${LIVE_SET_UNIT}; true`), 'failed\nactive');

    await output(web, `for id in ${sets.leaked.join(' ')}; do ipcrm -s $id; done; systemctl start apache2`);
    assert.equal(await output(web, 'curl -s -o /dev/null -w "%{http_code}" http://127.0.0.1:8080/'), '200');
  });

  it('lets logind remove the semaphores of an Apache that runs as a person', async () => {
    const person = await startFullHost({ name: 'person' });
    await removeApacheSemaphores(person);
    assert.match(await output(person, 'cat /var/log/apache2/error.log'), /\(43\)Identifier removed: AH00144/);
    person.stop();
  });

  it('makes a healthy Apache, and a host without one', async () => {
    const other = await startFullHost({ name: 'web02' });
    await healthyApache(other);
    assert.equal(await output(other, 'systemctl is-active apache2'), 'active');
    assert.equal((await semaphoreSets(other)).length, 1);
    await noApache(other);
    assert.equal(await output(other, 'command -v apache2 apachectl; systemctl is-active apache2; true'), 'inactive');
    other.stop();
  });

  it('gives light hosts an identity, processes and semaphores of their own', async () => {
    const [a, b] = await Promise.all(['a', 'b'].map((name) => startLightHost({ name })));
    assert.ok(a && b);
    const identity = 'cat /etc/machine-id /proc/sys/kernel/random/boot_id; hostname';
    assert.notEqual(await logIn(a, 'ops', identity), await logIn(b, 'root', identity));
    await output(a, 'ipcmk -S 1; touch /run/a /root/a');
    assert.deepEqual(await semaphoreSets(b), []);
    assert.equal(await output(b, 'ls /run/a /root/a 2>&1 | grep -c "No such file"'), '2');
    assert.equal(await logIn(b, 'ops', 'sudo -n ps -e -o comm= | head -n 1'), 'sshd\n');
    a.stop();
    b.stop();
  });

  it('leaves nothing of a host that was stopped', async () => {
    const { bridge } = await processFleet();
    const gone = await startFullHost({ name: 'gone' });
    assert.notEqual(await traces(`${bridge}-gone`), '');
    gone.stop();
    assert.equal(await traces(`${bridge}-gone`), '');
    assert.equal(existsSync(gone.root), false);
  });

  it('removes the hosts of a test process that is interrupted', async () => {
    const { child, bridge } = await startElsewhere();
    child.kill('SIGINT');
    assert.deepEqual(await once(child, 'exit'), [130, null]);
    assert.equal(await traces(bridge), '');
  });

  it('removes the hosts of a test process that was killed when the next fleet starts', async () => {
    const { child, bridge } = await startElsewhere();
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.notEqual(await traces(bridge), '');
    sweep();
    assert.equal(await traces(bridge), '');
    assert.equal(existsSync(fleetFolder(`process-${child.pid}`)), false);
  });
});

async function output(host: FleetHost, command: string): Promise<string> {
  const { code, stdout, stderr } = await host.exec(command);
  assert.equal(code, 0, `${command}: ${stderr}`);
  return stdout.trim();
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail('it did not become so in 30 s');
}

/** Another process that starts a light host in a fleet of its own, and waits. */
async function startElsewhere() {
  const program = `
    import { startLightHost } from '${new URL('host.ts', import.meta.url).href}';
    import { processFleet } from '${new URL('fleet.ts', import.meta.url).href}';
    await startLightHost({ name: 'elsewhere' });
    console.log((await processFleet()).bridge);
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, bridge: line.toString().trim() };
}
