import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSshTransport } from '../../src/transports/ssh.ts';
import { describeTransport, NEVER } from '../conformance/transport.ts';
import { baseImage, type Release } from '../fleet/base-image.ts';
import { type FleetHost, startFullHost, startLightHost } from '../fleet/host.ts';
import { leakApacheSemaphores, type LeakedSets, semaphoreSets } from '../fleet/incidents.ts';
import { logIn } from '../fleet/login.ts';
import { fleetProblem } from '../fleet/requirements.ts';
import { skip } from '../support/skip.ts';
import { outcomes, RunbookOnHosts } from './runbook-on-hosts.ts';
import { cutSessions, fleetHost } from './transport-fleet.ts';

const problem = fleetProblem();

/** Releases beside the one of all other tests, each in a language of its own: Turkish has another upper case for i. */
const HOSTS: readonly (readonly [release: Release, debian: string, locale: string, missing: string])[] = [
  ['bullseye', '11', 'de_DE.UTF-8', 'Datei oder Verzeichnis nicht gefunden'],
  ['trixie', '13', 'tr_TR.UTF-8', 'Böyle bir dosya ya da dizin yok'],
];

/** What programs print in many words; each reading has a value that would be wrong if it were not understood. */
const READINGS = `
runbook: readings
summary: Understands what the programs of this host print
hosts: all
become: true
diagnose:
  - id: memory
    memory: {}
  - id: processes
    processes: { name: apache2 }
  - id: web
    http: { url: "http://127.0.0.1:8080/" }
  - id: svc
    service_status: { name: apache2 }
  - id: disk
    disk_usage: { paths: [/] }
  - id: apache
    apache_info: {}
findings:
  misread:
    when: >-
      memory.total_bytes < 1000000 || size(processes.processes) == 0 || web.code != 200 || svc.state != "active" ||
      !svc.enabled || disk.mounts[0].size_bytes < 1000000 || !apache.config_ok || apache.mutex.mechanism != "sysvsem"
    advice: Look at the readings
    summary: "\${{ memory.total_bytes }} \${{ web.code }} \${{ svc.state }} \${{ apache.mutex.mechanism }}"
`;

describe('other releases of Debian', function () {
  this.timeout(120_000);

  before(async function () {
    if (problem !== undefined) skip(this, problem);
    this.timeout(900_000);
    await Promise.all(HOSTS.map(([release]) => baseImage(release)));
  });

  for (const [release, debian, locale, missing] of HOSTS)
    describe(`Debian ${debian} in the locale ${locale}`, () => {
      let web: FleetHost;
      let sets: LeakedSets;
      let hosts: RunbookOnHosts;

      before(async () => {
        web = await startFullHost({ name: release, release });
        await web.exec(`printf 'LANG=${locale}\\nLC_ALL=${locale}\\nLANGUAGE=${locale.slice(0, 2)}\\n' >/etc/default/locale
          cp /etc/default/locale /etc/environment; systemctl set-environment LANG=${locale} LC_ALL=${locale}`);
        hosts = new RunbookOnHosts('apache-accept-lock', [web]);
      });
      after(() => {
        web?.stop();
        hosts?.place.remove();
      });

      it('speaks that language to who logs in', async () => {
        assert.match(await logIn(web, 'root', 'stat /nonexistent 2>&1; true'), new RegExp(missing));
      });

      it('is diagnosed: the leaked semaphores are named, and nothing else', async () => {
        sets = await leakApacheSemaphores(web, { keyedSet: true, foreignLiveSet: true, otherUserSet: true });
        const { code, out, err } = await hosts.run('plan', release);
        assert.equal(code, 2, out + err);
        assert.ok(out.includes(`free: ipcrm ${sets.leaked.map((id) => `-s ${id}`).join(' ')}\n`), out);
      });

      it('is repaired by an ordinary user with sudo', async () => {
        hosts.logInAs('ops', [web]);
        const ended = await hosts.run('run', release, '--yes', '--json', '--param', 'soak=2s');
        assert.deepEqual(outcomes(ended), { [release]: 'repaired' });
        const left = await semaphoreSets(web);
        assert.ok(sets.leaked.every((id) => !left.includes(id)));
        for (const id of [sets.keyed, sets.live, sets.otherUser])
          assert.ok(left.includes(Number(id)), `set ${id} is gone`);
      });

      it('is understood in what its programs print', async () => {
        hosts.place.write({ 'readings.yaml': READINGS });
        const ended = await hosts.runFile('./readings.yaml', 'plan', release, '--json');
        assert.deepEqual(outcomes(ended), { [release]: 'healthy' }, ended.out);
      });

      describeTransport(() =>
        Promise.resolve({
          transport: createSshTransport(),
          host: fleetHost(web),
          look: async (command: string) => (await web.exec(command)).stdout,
          cut: () => cutSessions(web),
        }),
      );
    });

  it('are not asked again where they count failed logins against our address (PerSourcePenalties)', async () => {
    const web = await startLightHost({ name: 'penalties', release: 'trixie' });
    try {
      const connect = (user: string) =>
        createSshTransport().connect(
          fleetHost(web, user),
          { become: false, connectTimeoutMs: 5000, secrets: {} },
          NEVER,
        );
      await web.exec('rm /home/ops/.ssh/authorized_keys');
      for (let round = 0; round < 6; round += 1) await connect('ops');
      const log = () => readFileSync(join(web.root, '../console.log'), 'utf8').split('drop connection').length - 1;
      const before = log();
      const connection = await connect('root');
      assert.match(connection.ok ? '' : connection.error.message, /takes no connections from this address for a while/);
      assert.match(connection.ok ? '' : (connection.error.hint ?? ''), /PerSourcePenalties/);
      assert.equal(log() - before, 1);
    } finally {
      web.stop();
    }
  });
});
