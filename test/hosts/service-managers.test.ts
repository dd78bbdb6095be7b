import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { baseImage } from '../fleet/base-image.ts';
import { type FleetHost, startLightHost } from '../fleet/host.ts';
import { onHost } from '../fleet/on-host.ts';
import { fleetProblem } from '../fleet/requirements.ts';
import { unpacked } from '../fleet/unpacked.ts';
import { skip } from '../support/skip.ts';
import { outcomes, RunbookOnHosts } from './runbook-on-hosts.ts';

const problem = fleetProblem();

/** A service that says where its process is, and one that needs another which cannot start. */
const OPENRC_SERVICES = `
cd /etc/init.d
printf '#!/sbin/openrc-run\\ncommand=/bin/sleep\\ncommand_args=infinity\\ncommand_background=yes\\npidfile=/run/shop.pid\\n' >shop
printf '#!/sbin/openrc-run\\ncommand=/bin/sleep\\ncommand_args=infinity\\ncommand_background=yes\\npidfile=/run/till.pid\\ndepend() { need ledger; }\\n' >till
printf '#!/sbin/openrc-run\\nstart() { eerror "ledger: cannot open /etc/ledger.key"; eend 1; }\\n' >ledger
chmod 755 shop till ledger
mkdir -p /run/openrc /etc/runlevels/default; touch /run/openrc/softlevel; ldconfig
rc-status >/dev/null 2>&1
rc-update -q add shop default; rc-update -q add till default
rc-service shop start
kill -9 "$(cat /run/shop.pid)"; while [ -e "/proc/$(cat /run/shop.pid)" ]; do sleep 0.1; done`;

describe('services without systemd', function () {
  this.timeout(120_000);
  let sysv: FleetHost;
  let openrc: FleetHost;
  let hosts: RunbookOnHosts;

  before(async function () {
    if (problem !== undefined) skip(this, problem);
    this.timeout(900_000);
    const [programs] = await Promise.all([unpacked('openrc', ['openrc', 'librc1', 'libeinfo1']), baseImage()]);
    [sysv, openrc] = await Promise.all([startLightHost({ name: 'sysv' }), startLightHost({ name: 'openrc' })]);
    for (const folder of ['bin', 'sbin', 'lib', 'etc']) {
      const to = `${openrc.root}/${folder === 'etc' ? '' : 'usr/'}${folder}`;
      cpSync(`${programs}/${folder}`, to, { recursive: true, verbatimSymlinks: true });
    }
    await onHost(openrc, OPENRC_SERVICES);
    await onHost(
      sysv,
      'service apache2 start; kill -9 "$(cat /run/apache2/apache2.pid)"; pkill -9 -x apache2; sleep 0.2',
    );
    hosts = new RunbookOnHosts('service-down', [sysv, openrc]);
  });
  after(() => {
    sysv?.stop();
    openrc?.stop();
    hosts?.place.remove();
  });

  const repair = (host: string, service: string) =>
    hosts.run('run', host, '--yes', '--json', '--param', `service=${service}`, '--param', 'soak=2s');

  it('one that was killed is started by its init script, and well then', async () => {
    assert.deepEqual(outcomes(await repair('sysv', 'apache2')), { sysv: 'repaired' });
    await onHost(sysv, 'curl -fsS -o /dev/null http://127.0.0.1/');
    assert.deepEqual(outcomes(await repair('sysv', 'apache2')), { sysv: 'healthy' });
  });

  it('one that somebody stopped and disabled is left alone', async () => {
    await onHost(sysv, 'service apache2 stop; update-rc.d apache2 disable');
    assert.deepEqual(outcomes(await repair('sysv', 'apache2')), { sysv: 'healthy' });
    await onHost(sysv, '! pgrep -x apache2; update-rc.d apache2 enable');
  });

  it('OpenRC starts one whose process is gone, which its own status does not tell', async () => {
    await onHost(openrc, 'rc-service shop status');
    assert.deepEqual(outcomes(await repair('openrc', 'shop')), { openrc: 'repaired' });
    await onHost(openrc, 'kill -0 "$(cat /run/shop.pid)"');
    assert.deepEqual(outcomes(await repair('openrc', 'shop')), { openrc: 'healthy' });
  });

  it('OpenRC says what one needs that would not start', async () => {
    const { out } = await hosts.run('run', 'openrc', '--yes', '--param', 'service=till');
    assert.match(out, /ledger: cannot open \/etc\/ledger\.key/);
    assert.match(out, /cannot start till as ledger would not start/);
    await onHost(openrc, '! rc-service till status');
  });
});
