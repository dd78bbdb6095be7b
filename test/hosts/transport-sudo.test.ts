import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { Become, Connection } from '../../src/model/transport.ts';
import { createSshTransport } from '../../src/transports/ssh.ts';
import { Secret } from '../../src/util/secret.ts';
import { changeOf, describeTransport, locked, NEVER, newRunId, script } from '../conformance/transport.ts';
import type { FleetHost } from '../fleet/host.ts';
import { cutSessions, fleetHost } from './transport-fleet.ts';
import { useFullHost } from './use-hosts.ts';

const PASSWORD = "correct-horse-4711'$x";
const RULE = 'ops ALL=(ALL) ALL';

describe('the ssh transport and a sudo that wants a password', function () {
  this.timeout(60_000);
  let web: FleetHost;
  const open: Connection[] = [];

  const on = async (command: string): Promise<string> => {
    const { code, stdout, stderr } = await web.exec(command);
    assert.equal(code, 0, `${command}: ${stderr}`);
    return stdout.trim();
  };
  const sudoers = (...lines: string[]): Promise<string> =>
    on(`printf '%s\\n' '${lines.join("' '")}' >/etc/sudoers.d/ops && visudo -cq`);

  useFullHost('sudo01', (started) => {
    web = started;
  });
  before(async () => {
    await on(`chpasswd <<'END'\nops:${PASSWORD}\nEND`);
    await on('useradd -m webadm');
  });
  beforeEach(() => sudoers(RULE, 'Defaults:ops timestamp_timeout=0'));
  afterEach(async () => {
    for (const connection of open.splice(0)) await connection.close();
  });

  const tried = async (password: string | undefined, become: Become = true, transport = createSshTransport()) => {
    const connection = await transport.connect(
      fleetHost(web, 'ops'),
      {
        become,
        connectTimeoutMs: 10_000,
        secrets: password === undefined ? {} : { becomePassword: new Secret(password) },
      },
      NEVER,
    );
    if (connection.ok) open.push(connection.value);
    return connection;
  };
  const connected = async (become: Become = true): Promise<Connection> => {
    const connection = await tried(PASSWORD, become);
    assert.ok(connection.ok, connection.ok ? '' : JSON.stringify(connection.error));
    return connection.value;
  };
  const refusal = async (password: string | undefined, become: Become = true) => {
    const connection = await tried(password, become);
    assert.ok(!connection.ok);
    assert.equal(connection.error.code, 'become');
    return connection.error;
  };
  const failures = async (): Promise<number> =>
    Number(await on("journalctl -q --no-pager _COMM=sudo | grep -c 'authentication failure' || true"));

  // The harder way: in a terminal made for it. Without one it is what every other suite does.
  describe('that is given it, on a terminal', () => {
    beforeEach(() => sudoers(RULE, 'Defaults:ops timestamp_timeout=0, requiretty'));
    describeTransport(() => {
      const withPassword = createSshTransport();
      return Promise.resolve({
        transport: {
          connect: (host, options, signal) =>
            withPassword.connect(host, { ...options, secrets: { becomePassword: new Secret(PASSWORD) } }, signal),
        },
        host: fleetHost(web, 'ops'),
        look: async (command: string) => (await web.exec(command)).stdout,
        cut: () => cutSessions(web),
      });
    });
  });

  it('shows the password to nobody: no argument, environment, file, journal or ledger has it', async () => {
    const connection = await connected();
    const runId = newRunId();
    await locked(connection, runId);
    // In the form of a pattern, lest what looks for it is found.
    const pattern = PASSWORD.slice(0, 10).replace(/.$/, '[$&]');
    const everywhere = `
      grep -las '${pattern}' /proc/[0-9]*/cmdline /proc/[0-9]*/environ
      journalctl -q --no-pager | grep '${pattern}'
      grep -rlas '${pattern}' /run /tmp /var/log /var/lib /home /root /etc/sudoers.d /dev/shm
      true`;
    const working = connection.change(changeOf(runId, 'touch /root/working; sleep 3; id -un'), NEVER);
    for (let round = 0; round < 50 && (await web.exec('test -e /root/working')).code !== 0; round += 1)
      await pause(100);
    assert.equal(await on(everywhere), '');
    // It would have been found.
    assert.match(await on(`sh -c ': "$1"; sleep 1' sh ${PASSWORD.slice(0, 18)} & ${everywhere}`), /cmdline/);
    assert.equal((await working).stdout.text, 'root\n');
  });

  it('takes a wrong password for wrong after one failure, and shows it to no other host', async () => {
    const before = await failures();
    const transport = createSshTransport();
    const wrong = await tried('wrong', true, transport);
    assert.match(wrong.ok ? '' : wrong.error.message, /did not take the password of ops to become root/);
    assert.equal(await failures(), before + 1);
    const other = await transport.connect(
      { ...fleetHost(web, 'ops'), name: 'web02' },
      { become: true, connectTimeoutMs: 10_000, secrets: { becomePassword: new Secret('wrong') } },
      NEVER,
    );
    assert.match(other.ok ? '' : other.error.message, /sudo01 refused this password, so it was not tried here/);
    assert.equal(await failures(), before + 1);
  });

  it('says nothing to a sudo that does not ask', async () => {
    await sudoers('ops ALL=(ALL) NOPASSWD: ALL');
    const before = await failures();
    const transport = createSshTransport();
    const connection = await tried('never-shown', true, transport);
    assert.ok(connection.ok);
    const { stdout, stderr } = await connection.value.read({ script: script('id -un'), timeoutMs: 5000 }, NEVER);
    assert.deepEqual([stdout.text, stderr.text], ['root\n', '']);
    assert.equal(await failures(), before);
  });

  it('gets through lectures, terminals of their own and remembered passwords', async () => {
    for (const setting of [
      'lecture=always',
      'use_pty',
      'timestamp_timeout=15',
      'passwd_tries=1',
      'requiretty',
      'log_output',
      'passprompt_override',
      'runcwd=/tmp',
    ]) {
      await sudoers(RULE, `Defaults:ops ${setting}`);
      const connection = await connected();
      const { stdout } = await connection.read({ script: script('id -un; cat'), timeoutMs: 5000 }, NEVER);
      assert.equal(stdout.text, 'root\n', setting);
      const ended = await connection.read({ script: script('sleep 99'), timeoutMs: 300 }, NEVER);
      assert.deepEqual(ended.end, { how: 'timeout', gone: true }, setting);
    }
    await sudoers(RULE, 'Defaults:ops passwd_tries=1', 'Defaults:ops badpass_message=Nein');
    assert.match((await refusal('wrong')).message, /did not take the password/);
  });

  it('says what to give when no password is there, and what is in the way', async () => {
    const none = await refusal(undefined);
    assert.match(`${none.message} ${none.hint}`, /asks ops for a password.*ansible_become_password.*--ask-become-pass/);
    await sudoers('nobody ALL=(ALL) ALL');
    assert.match((await refusal(PASSWORD)).message, /does not let ops become root/);
    await sudoers(RULE);
    assert.match((await refusal(PASSWORD, 'nosuchuser')).message, /there is no user nosuchuser/);
  });

  it('runs one step as another user, and ends it', async () => {
    const connection = await connected(false);
    const as = (become: Become, text: string, timeoutMs = 5000) =>
      connection.read({ script: script(text), timeoutMs, become }, NEVER);
    assert.equal((await as(false, 'id -un')).stdout.text, 'ops\n');
    assert.equal((await as(true, 'id -un; pwd; echo $LC_ALL')).stdout.text, 'root\n/\nC\n');
    assert.equal((await as('webadm', 'id -un')).stdout.text, 'webadm\n');
    assert.deepEqual((await as(true, 'sleep 98 & sleep 99', 300)).end, { how: 'timeout', gone: true });
    const missing = await as('nosuchuser', 'true');
    assert.deepEqual(
      [missing.end.how, 'why' in missing.end && /there is no user nosuchuser/.test(missing.end.why)],
      ['not-started', true],
    );
  });

  it('changes as another user once, under the lock and the claims of that user', async () => {
    const connection = await connected(false);
    const runId = newRunId();
    const request = { ...changeOf(runId, 'id -un; echo x >>/root/once'), become: true };
    assert.equal((await connection.change(request, NEVER)).end.how, 'not-started');
    await locked(connection, runId);
    assert.equal((await connection.change(request, NEVER)).stdout.text, 'root\n');
    assert.deepEqual((await connection.change(request, NEVER)).end, { how: 'not-started', why: 'claimed' });
    assert.equal(await on('cat /root/once; ls /run/runbook/' + runId), 'x\nepoch\nweb.step.1');
    await connection.close();
    assert.equal(await on(`ls -d /run/runbook/${runId} /run/runbook.lock 2>/dev/null || true`), '');
  });
});
