import assert from 'node:assert/strict';
import type { Ended } from '../cli/spawn.ts';
import { startFullHost, startLightHost, type FleetHost } from '../fleet/host.ts';
import { semaphoreSets } from '../fleet/incidents.ts';
import { onHost } from '../fleet/on-host.ts';
import { leaveOnlyBusybox } from './busybox.ts';
import { leavesAlone } from './host-state.ts';
import { likeRedHat } from './red-hat.ts';
import { findings, outcomes, RunbookOnHosts } from './runbook-on-hosts.ts';
import { PUT_AWAY } from './transport-fleet.ts';
import { useHosts } from './use-hosts.ts';

/** As the fleet's own incident makes it, on a host whose PID 1 is no systemd. */
const PREFORK = `
a2dismod -qf mpm_event; a2enmod -q mpm_prefork
sed -i 's|^#\\?Mutex .*|Mutex sysvsem default|' /etc/apache2/apache2.conf; echo 'Listen 8080' >>/etc/apache2/ports.conf`;

const LIMITED = 'sysctl -qw kernel.sem="250 32000 32 6"';

/** What a vendor with BusyBox would ship: Debian's own needs a \`ps\` that looks at its arguments. */
const INIT_SCRIPT = `#!/bin/sh
pid=/run/apache2/apache2.pid
case $1 in
  start) exec apache2ctl start ;;
  stop) exec apache2ctl stop ;;
  restart) exec apache2ctl restart ;;
  status) [ -r $pid ] && [ -d "/proc/$(cat $pid)" ] || exit 3 ;;
esac
`;

describe('Leaked semaphores of Apache on hosts that are no Debian with systemd', function () {
  this.timeout(120_000);

  describe('as Red Hat lays out httpd, without apachectl', () => {
    let web: FleetHost;
    let hosts: RunbookOnHosts;

    useHosts(startFullHost, ['httpd'], ([host]) => {
      assert.ok(host);
      web = host;
      hosts = new RunbookOnHosts('apache-accept-lock', [web]);
    });
    before(() => likeRedHat(web));
    after(() => hosts?.place.remove());

    it('finds it well, and changes nothing', () => leavesHealthy(hosts, web));

    it('removes what is leaked, starts httpd, and puts nothing where Debian has it', async () => {
      const leaked = await leak(
        web,
        'systemctl start httpd',
        'systemctl kill -s KILL httpd; systemctl reset-failed httpd',
      );
      const ended = await repair(hosts, 'httpd');
      assert.deepEqual([outcomes(ended), findings(ended)], [{ httpd: 'repaired' }, ['semaphore_leak', 'killed']]);
      assert.ok((await semaphoreSets(web)).every((id) => !leaked.includes(id)));
      await answers(web);
      await onHost(web, '[ ! -e /etc/apache2 ]; [ ! -e /etc/sysctl.d/60-runbook.conf ]');
    });

    it('moves the mutex to a file on the line that set it', async () => {
      await leak(web, 'systemctl start httpd', 'systemctl kill -s KILL httpd; systemctl reset-failed httpd');
      const ended = await repair(hosts, 'httpd', '--param', 'mutex=file');
      assert.deepEqual(outcomes(ended), { httpd: 'repaired' });
      assert.match(
        await onHost(web, 'cat /etc/httpd/conf.d/accept.conf; ls /etc/httpd/conf.d'),
        /^Mutex file default$/m,
      );
      assert.deepEqual(await semaphoreSets(web), []);
      await answers(web);
    });
  });

  describe('with init scripts instead of systemd', () => {
    let web: FleetHost;
    let hosts: RunbookOnHosts;

    useHosts(startLightHost, ['sysv'], ([host]) => {
      assert.ok(host);
      web = host;
      hosts = new RunbookOnHosts('apache-accept-lock', [web]);
    });
    before(() => onHost(web, `${PREFORK}; ${LIMITED}; service apache2 start`));
    after(() => hosts?.place.remove());

    it('finds it well, and changes nothing', () => leavesHealthy(hosts, web));

    it('removes what is leaked, and starts Apache by its init script', async () => {
      const leaked = await leak(web, 'service apache2 start && curl -sf -o /dev/null localhost', 'pkill -9 -x apache2');
      const ended = await repair(hosts, 'sysv');
      assert.deepEqual([outcomes(ended), findings(ended)], [{ sysv: 'repaired' }, ['semaphore_leak']]);
      assert.ok((await semaphoreSets(web)).every((id) => !leaked.includes(id)));
      await answers(web);
    });

    it('touches nothing where the configuration is broken', async () => {
      await leak(web, 'service apache2 start && curl -sf -o /dev/null localhost', 'pkill -9 -x apache2');
      await onHost(web, 'echo "NoSuchDirective on" >/etc/apache2/conf-enabled/broken.conf');
      await leavesBroken(hosts, web, 'config_broken');
    });
  });

  describe('with nothing but BusyBox', () => {
    let web: FleetHost;
    let hosts: RunbookOnHosts;
    let leaked: readonly number[];

    useHosts(startLightHost, ['busybox'], ([host]) => {
      assert.ok(host);
      web = host;
      hosts = new RunbookOnHosts('apache-accept-lock', [web]);
    });
    before(async () => {
      await onHost(web, `${PREFORK}; ${LIMITED}`);
      await leaveOnlyBusybox(web);
      await onHost(
        web,
        `set +f; for program in apache2 apache2ctl apachectl; do mv ${PUT_AWAY}/$program /usr/sbin/; done
         cat >/etc/init.d/apache2 <<'END'\n${INIT_SCRIPT}END
         /etc/init.d/apache2 start`,
      );
    });
    after(() => hosts?.place.remove());

    it('finds it well, and changes nothing', () => leavesHealthy(hosts, web));

    it('removes no set where nothing tells who used it last, and says that none is proven to be leaked', async () => {
      leaked = await leak(
        web,
        '/etc/init.d/apache2 start && sleep 0.3 && wget -q -O /dev/null localhost:8080',
        'killall -9 apache2; while pidof apache2; do sleep 0.05; done',
      );
      await leavesBroken(hosts, web, 'exhausted_by_others');
    });

    it('removes them, and starts Apache, where ipcs tells it', async () => {
      await onHost(web, `for program in ipcs ipcrm; do cp ${PUT_AWAY}/$program /usr/bin/; done`);
      const ended = await repair(hosts, 'busybox');
      assert.deepEqual([outcomes(ended), findings(ended)], [{ busybox: 'repaired' }, ['semaphore_leak']]);
      assert.ok((await semaphoreSets(web)).every((id) => !leaked.includes(id)));
      await onHost(web, 'wget -q -O /dev/null localhost:8080');
    });
  });
});

/** Kills Apache until it starts no more for want of a set; returns the sets it lost. */
async function leak(host: FleetHost, start: string, kill: string): Promise<readonly number[]> {
  await onHost(
    host,
    `${LIMITED}; rounds=0
     while ${start}; do ${kill}; rounds=$((rounds + 1)); [ $rounds -lt 30 ]; sleep 0.1; done >/dev/null 2>&1`,
  );
  const sets = await semaphoreSets(host);
  assert.equal(sets.length, 6);
  return sets;
}

function repair(hosts: RunbookOnHosts, name: string, ...options: readonly string[]): Promise<Ended> {
  return hosts.run('run', name, '--yes', '--json', '--param', 'soak=2s', ...options);
}

async function leavesHealthy(hosts: RunbookOnHosts, host: FleetHost): Promise<void> {
  const ended = await leavesAlone(host, () => repair(hosts, host.name));
  assert.deepEqual(outcomes(ended), { [host.name]: 'healthy' });
}

async function leavesBroken(hosts: RunbookOnHosts, host: FleetHost, finding: string): Promise<void> {
  const ended = await leavesAlone(host, () => repair(hosts, host.name));
  assert.deepEqual(outcomes(ended), { [host.name]: 'not-repaired' });
  assert.ok(findings(ended).includes(finding), findings(ended).join());
}

async function answers(host: FleetHost): Promise<void> {
  for (const port of [80, 8080]) await onHost(host, `curl -sf -o /dev/null localhost:${port}`);
}
