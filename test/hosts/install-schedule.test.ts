import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startFullHost, startLightHost, type FleetHost } from '../fleet/host.ts';
import { useHosts } from './use-hosts.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const RUNBOOK = `runbook: sick
summary: The file /run/sick is there
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
    shell: test ! -e /run/incurable && rm /run/sick
    undo:
      - shell: touch /run/sick
verify:
  soak: 0s
  steps:
    - command: [test, -e, /run/sick]
      effect: reads
      expect: result.code == 1
`;
const CONFIGURATION = `schedules:
  sick:
    runbook: sick
    cron: '30 2 * * *'
    timezone: Europe/Berlin
    metrics_file: /var/lib/metrics/sick.prom
`;

/** The program on a host of its own, started by the systemd there, shut in as the unit says. */
describe('a schedule that systemd starts', function () {
  this.timeout(180_000);
  let controller: FleetHost;
  let web: FleetHost;

  useHosts(startFullHost, ['controller'], ([host]) => {
    if (host !== undefined) controller = host;
  });
  useHosts(startLightHost, ['scheduled01'], ([host]) => {
    if (host !== undefined) web = host;
  });

  before(async () => {
    copyProgram(join(controller.root, 'opt'));
    const inventory = `all: { hosts: { web01: { ansible_host: ${web.address}, ansible_port: ${web.port}, ansible_user: root } } }\n`;
    write('etc/runbook/inventory.yaml', inventory);
    write('etc/runbook/config.yaml', CONFIGURATION);
    write('etc/runbook/runbooks/sick.yaml', RUNBOOK);
    write('root/.ssh/id_ed25519', readFileSync(web.rootKeyFile, 'utf8'));
    write('root/.ssh/known_hosts', `${web.knownHostsLine}\n`);
    await done('mkdir -p /var/lib/metrics; chmod -R go-rwx /root/.ssh; chown -R root: /root /etc/runbook /opt');
    await done(runbook('install-schedule sick --systemd'));
  });

  const write = (path: string, text: string): void => {
    const file = join(controller.root, path);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, text);
  };
  const done = async (command: string): Promise<string> => {
    const { code, stdout, stderr } = await controller.exec(command);
    assert.equal(code, 0, stdout + stderr);
    return stdout;
  };
  const runbook = (words: string): string => `/opt/node /opt/bin/runbook.cjs ${words}`;
  /** What the unit printed, after a start that ends as it does. */
  const started = async (): Promise<string> => {
    await controller.exec('journalctl --rotate && journalctl --vacuum-time=1s; systemctl start runbook-sick.service');
    const invocation = await done('systemctl show -P InvocationID runbook-sick.service');
    return done(`journalctl -o cat -t runbook-sick _SYSTEMD_INVOCATION_ID=${invocation.trim()}`);
  };

  it('has units that systemd takes without a word, and that waits for their time', async () => {
    assert.equal(await done('systemd-analyze verify /etc/systemd/system/runbook-sick.* 2>&1'), '');
    assert.equal((await done('systemctl is-active runbook-sick.timer')).trim(), 'active');
  });

  it('says nothing of hosts that are well, keeps the run, and writes the metrics for all to read', async () => {
    assert.equal(await started(), '');
    assert.match(await done(runbook('history')), / run +sick .* 0 +1 healthy \(schedule sick\)/);
    assert.equal((await done('stat -c %a /var/lib/metrics/sick.prom')).trim(), '644');
  });

  it('repairs what broke in between, and fails with the exit code of what it could not', async () => {
    await web.exec('touch /run/sick /run/incurable');
    assert.match(await started(), /^sick needs somebody: 1 rolled-back \(web01\)\n/);
    assert.equal((await done('systemctl show -P ExecMainStatus runbook-sick')).trim(), '2');
    assert.match(await done('grep ^runbook_last_exit_code /var/lib/metrics/sick.prom'), /\} 2\n$/);
  });

  it('is taken away with all that was written, and nothing else', async () => {
    await done('touch /etc/systemd/system/runbook-mine.service');
    await done(runbook('install-schedule sick --systemd --remove'));
    assert.equal(await done('ls /etc/systemd/system | grep runbook'), 'runbook-mine.service\n');
    assert.equal((await controller.exec('systemctl is-active runbook-sick.timer')).stdout.trim(), 'inactive');
  });
});

/** What is shipped, without what builds and tests it. */
function copyProgram(to: string): void {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly dev?: boolean; readonly optional?: boolean }>>;
  };
  const needed = Object.entries(packages).flatMap(([path, { dev, optional }]) =>
    path !== '' && dev !== true && optional !== true && existsSync(join(ROOT, path)) ? [path] : [],
  );
  for (const path of ['bin', 'src', 'package.json', ...needed])
    cpSync(join(ROOT, path), join(to, path), { recursive: true, dereference: true });
  cpSync(process.execPath, join(to, 'node'));
}
