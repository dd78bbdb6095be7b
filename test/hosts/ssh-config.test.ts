import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import type { ErrorInfo } from '../../src/model/error.ts';
import type { SshHost } from '../../src/model/host.ts';
import type { Connection } from '../../src/model/transport.ts';
import { createSshTransport } from '../../src/transports/ssh.ts';
import type { Asked } from '../../src/transports/ssh-config/settings.ts';
import { NEVER, script } from '../conformance/transport.ts';
import { baseImage } from '../fleet/base-image.ts';
import { startLightHost, type FleetHost } from '../fleet/host.ts';
import { fleetProblem } from '../fleet/requirements.ts';
import { sshHost } from '../support/hosts.ts';
import { skip } from '../support/skip.ts';
import { noClient, SshPlace } from '../transports/ssh-config-place.ts';
import { newKey } from '../transports/ssh-server.ts';

const problem = fleetProblem() ?? noClient();

describe('hosts that the configuration of ssh leads to', function () {
  this.timeout(60_000);
  /** `target` answers to `middle` and `bastion` alone. */
  let bastion: FleetHost;
  let middle: FleetHost;
  let target: FleetHost;
  let place: SshPlace;
  const open: Connection[] = [];
  const otherKey = newKey().public.split(' ').slice(0, 2).join(' ');

  before(async function () {
    this.timeout(900_000);
    if (problem !== undefined) skip(this, problem);
    await baseImage();
    [bastion, middle, target] = (await Promise.all(
      ['bastion', 'middle', 'target'].map((name) => startLightHost({ name })),
    )) as [FleetHost, FleetHost, FleetHost];
    const here = /src (\S+)/.exec(execFileSync('ip', ['route', 'get', target.address], { encoding: 'utf8' }))?.[1];
    await on(target, `ip route add blackhole ${here}/32`);
  });
  after(() => {
    for (const host of [bastion, middle, target]) host?.stop();
  });
  beforeEach(() => {
    place = new SshPlace();
    const known = [bastion, middle, target].map(({ knownHostsLine }) => `${knownHostsLine}\n`);
    place.write('known', known.join(''));
    place.write('empty', '');
    configure('');
  });
  afterEach(async () => {
    for (const connection of open.splice(0)) await connection.close();
    place.remove();
  });

  const on = async (host: FleetHost, command: string): Promise<string> => {
    const { code, stdout, stderr } = await host.exec(command);
    assert.equal(code, 0, `${command}: ${stderr}`);
    return stdout.trim();
  };
  /** `first` wins over all that follows. */
  const configure = (first: string): string =>
    place.write(
      'config',
      [
        first,
        ...[bastion, middle, target].map(({ name, address }) => `Host ${name}\n  HostName ${address}`),
        'Host bastion',
        '  User ops',
        'Host *',
        '  User root',
        `  IdentityFile ${target.rootKeyFile}`,
        '  IdentitiesOnly yes',
        `  UserKnownHostsFile ${place.folder}/empty ${place.folder}/known`,
        '  GlobalKnownHostsFile none',
        '  HashKnownHosts no',
      ].join('\n'),
    );
  const settled = async (name: string, more: Partial<Asked> = {}): Promise<SshHost> =>
    sshHost(name, await place.settings({ address: name, ...more }));
  const connect = async (host: SshHost, transport = createSshTransport(), connectTimeoutMs = 10_000) => {
    const connection = await transport.connect(host, { become: false, connectTimeoutMs, secrets: {} }, NEVER);
    if (connection.ok) open.push(connection.value);
    return connection;
  };
  const connected = async (host: SshHost, transport = createSshTransport()): Promise<Connection> => {
    const connection = await connect(host, transport);
    assert.ok(connection.ok, JSON.stringify(connection));
    return connection.value;
  };
  const refused = async (host: SshHost, transport = createSshTransport()): Promise<ErrorInfo> => {
    const connection = await connect(host, transport);
    assert.ok(!connection.ok, 'there is a connection');
    return connection.error;
  };
  const said = async (connection: Connection, text: string): Promise<string> =>
    (await connection.read({ script: script(text), timeoutMs: 5000 }, NEVER)).stdout.text.trim();
  const client = '${SSH_CONNECTION%% *}';
  const bySsh = (name: string, command: string): string =>
    execFileSync('ssh', ['-F', `${place.folder}/config`, '-o', 'BatchMode=yes', name, command], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  const sessions = (host: FleetHost): Promise<string> => on(host, "pgrep -fc '^sshd: (root|ops)(@notty)?$' || true");
  /** While `middle` does not answer to `bastion`. */
  const silently = async (work: () => Promise<void>): Promise<void> => {
    await on(middle, `ip route add blackhole ${bastion.address}/32`);
    try {
      await work();
    } finally {
      await on(middle, `ip route del blackhole ${bastion.address}/32`);
    }
  };
  const eventually = async (what: () => Promise<string>, wanted: string): Promise<void> => {
    for (let round = 0; round < 50 && (await what()) !== wanted; round += 1) await pause(100);
    assert.equal(await what(), wanted);
  };

  it('are reached through a jump host, as ssh reaches them', async () => {
    configure('Host target\n  ProxyJump bastion\n');
    const connection = await connected(await settled('target'));
    const seen = await said(connection, `echo "$(hostname) $(id -un) ${client}"`);
    assert.equal(seen, `target root ${bastion.address}`);
    assert.equal(seen, bySsh('target', `echo "$(hostname) $(id -un) ${client}"`));
    assert.equal(await on(bastion, "pgrep -fa '^sshd: ops' | head -n 1 | grep -c ops"), '1');
  });

  it('are reached through a chain of jump hosts', async () => {
    configure('Host target\n  ProxyJump bastion,middle\n');
    const connection = await connected(await settled('target'));
    assert.equal(await said(connection, `echo ${client}`), middle.address);
    configure('Host target\n  ProxyJump middle\nHost middle\n  ProxyJump bastion\n');
    const other = await connected(await settled('target'));
    assert.equal(await said(other, `echo ${client}`), middle.address);
  });

  it('share one login on each jump host, which is left with the last of them', async () => {
    configure('Host target*\n  HostKeyAlias target\n  ProxyJump bastion,middle\n');
    const transport = createSshTransport();
    const host = await settled('target');
    const all = await Promise.all(
      Array.from({ length: 12 }, (_, n) => connected({ ...host, name: `target${n}` }, transport)),
    );
    assert.equal(await sessions(bastion), '1');
    assert.equal(await sessions(middle), '1');
    for (const connection of all.slice(1)) await connection.close();
    assert.equal(await said(all[0] as Connection, 'echo still'), 'still');
    await all[0]?.close();
    await eventually(() => sessions(bastion), '0');
    await eventually(() => sessions(middle), '0');
  });

  it('are lost together with their jump host, and reached anew', async () => {
    configure('Host target\n  ProxyJump bastion\n');
    const transport = createSshTransport();
    const host = await settled('target');
    const connections = [await connected(host, transport), await connected(host, transport)];
    const reads = connections.map((connection) =>
      connection.read({ script: script('sleep 30'), timeoutMs: 30_000 }, NEVER),
    );
    await pause(300);
    await on(bastion, "pkill -9 -f '^sshd: ops'");
    for (const { end } of await Promise.all(reads)) assert.deepEqual(end, { how: 'lost' });
    assert.equal(await said(await connected(host, transport), 'echo anew'), 'anew');
  });

  it('are told from their jump host in what goes wrong', async () => {
    const jump = 'Host target\n  ProxyJump bastion\n';
    const changed = place.write('changed', `bastion,${bastion.address} ${otherKey}\n`);
    configure(`Host bastion\n  UserKnownHostsFile ${changed}\n${jump}`);
    let error = await refused(await settled('target'));
    assert.equal(error.code, 'host-key-changed');
    assert.match(error.message, /^the jump host bastion: .*changed/);

    configure(`Host bastion\n  UserKnownHostsFile ${place.folder}/empty\n${jump}`);
    error = await refused(await settled('target'));
    assert.equal(error.code, 'host-key-unknown');
    assert.match(error.message, /^the jump host bastion: /);

    configure(`Host target\n  UserKnownHostsFile ${place.folder}/empty\n${jump}`);
    error = await refused(await settled('target'));
    assert.equal(error.code, 'host-key-unknown');
    assert.doesNotMatch(error.message, /the jump host bastion:/);

    configure(`Host bastion\n  User nobody\n${jump}`);
    error = await refused(await settled('target'));
    assert.equal(error.code, 'authentication');
    assert.match(error.message, /^the jump host bastion: .*nobody/);

    configure(`Host target\n  Port 1\n${jump}`);
    error = await refused(await settled('target'));
    assert.equal(error.code, 'connection-refused');
    assert.match(
      error.message,
      new RegExp(`^${target.address}:1 refuses connections, seen from the jump host bastion`),
    );

    configure(`Host target\n  HostName no.such.host.invalid\n${jump}`);
    error = await refused(await settled('target'));
    assert.equal(error.code, 'address-unknown', JSON.stringify(error));

    configure(`Host bastion\n  Port 1\n${jump}`);
    error = await refused(await settled('target'));
    assert.match(error.message, /^the jump host bastion: .*:1 refuses connections/);
  });

  it('ask a jump host only once for a login that it refused', async () => {
    configure('Host bastion\n  User nobody\nHost target\n  ProxyJump bastion\n');
    const transport = createSshTransport();
    const host = await settled('target');
    const tries = async () => Number(await on(bastion, 'cat /run/tries 2>/dev/null | wc -l'));
    await on(
      bastion,
      "printf '#!/bin/sh\\necho >>/run/tries\\n' >/usr/sbin/count-tries; chmod 755 /usr/sbin/count-tries; : >/run/tries; chmod 666 /run/tries",
    );
    await on(
      bastion,
      "sed -i '1i AuthorizedKeysCommand /usr/sbin/count-tries\\nAuthorizedKeysCommandUser root' /etc/ssh/sshd_config; pkill -HUP -o -x sshd; sleep 0.3",
    );
    const errors = await Promise.all(Array.from({ length: 8 }, () => refused(host, transport)));
    errors.push(await refused(host, transport));
    assert.deepEqual([...new Set(errors.map(({ code }) => code))], ['authentication']);
    assert.equal(await tries(), 1);
  });

  it('are said not to be forwarded to where sshd forbids it', async () => {
    await on(middle, "sed -i '1i AllowTcpForwarding no' /etc/ssh/sshd_config; pkill -HUP -o -x sshd; sleep 0.3");
    try {
      configure('Host target\n  ProxyJump middle\n');
      const error = await refused(await settled('target'));
      assert.equal(error.code, 'channel-refused');
      assert.match(error.message, /the jump host middle does not forward to/);
      assert.match(error.hint ?? '', /AllowTcpForwarding/);
    } finally {
      await on(middle, 'sed -i 1d /etc/ssh/sshd_config; pkill -HUP -o -x sshd; sleep 0.3');
    }
  });

  it('speak only algorithms that the configuration names', async () => {
    await on(middle, "sed -i '1i Ciphers aes256-ctr' /etc/ssh/sshd_config; pkill -HUP -o -x sshd; sleep 0.3");
    try {
      configure('Host middle\n  Ciphers aes128-ctr,aes128-gcm@openssh.com\n');
      const error = await refused(await settled('middle'));
      assert.equal(error.code, 'protocol');
      assert.match(error.message, /no common algorithm/);
      configure('Host middle\n  Ciphers aes256-ctr\n');
      assert.equal(await said(await connected(await settled('middle')), 'hostname'), 'middle');
    } finally {
      await on(middle, 'sed -i 1d /etc/ssh/sshd_config; pkill -HUP -o -x sshd; sleep 0.3');
    }
  });

  it('are waited for no longer than ConnectTimeout', async () => {
    configure('Host target\n  ConnectTimeout 1\n');
    const started = performance.now();
    const error = await refused(await settled('target'));
    assert.equal(error.code, 'connection-timeout');
    assert.match(error.message, /did not answer within 1 s/);
    assert.ok(performance.now() - started < 3000);
    await silently(async () => {
      configure('Host middle\n  ConnectTimeout 1\n  ProxyJump bastion\n');
      const far = await refused(await settled('middle'));
      assert.equal(far.code, 'connection-timeout', JSON.stringify(far));
      assert.match(far.message, /did not answer within 1 s, seen from the jump host bastion/);
    });
  });

  it('are known by a HostKeyAlias, in any of several files', async () => {
    const line = target.knownHostsLine.split(' ').slice(1).join(' ');
    const files = [place.write('first', ''), place.write('second one', `the-target ${line}\n`)];
    const list = `UserKnownHostsFile ${files[0]} "${files[1]}"`;
    configure(`Host target\n  ProxyJump bastion\n  HostKeyAlias The-Target\n  ${list}\n`);
    assert.equal(await said(await connected(await settled('target')), 'hostname'), 'target');
    configure(`Host target\n  ProxyJump bastion\n  ${list}\n`);
    assert.equal((await refused(await settled('target'))).code, 'host-key-unknown');
  });

  it('are reached by a ProxyCommand, which ends with the connection', async () => {
    configure(`Host target\n  ProxyCommand ssh -F ${place.folder}/config -W %h:%p bastion\n`);
    const connection = await connected(await settled('target'));
    assert.equal(await said(connection, `echo ${client}`), bastion.address);
    const running = (): Promise<string> =>
      Promise.resolve(
        execFileSync('sh', ['-c', `pgrep -fc '${place.folder}/[c]onfig -W' || true`], { encoding: 'utf8' }).trim(),
      );
    assert.equal(await running(), '1');
    await connection.close();
    await eventually(running, '0');
  });

  it('are reached by any program that passes bytes on', async () => {
    const pipe = `const s=require("net").connect(+process.argv[2],process.argv[1]);process.stdin.pipe(s).pipe(process.stdout)`;
    configure(`Host middle\n  ProxyCommand ${process.execPath} -e '${pipe}' %h %p\n`);
    assert.equal(await said(await connected(await settled('middle')), 'hostname'), 'middle');
  });

  it('are behind a ProxyCommand whose own words are told', async () => {
    for (const [command, words] of [
      ['sh -c "echo no way there >&2; exit 3"', /^the ProxyCommand ended with exit code 3: no way there$/],
      ['/none/such %h', /^the ProxyCommand ended with exit code 12[67]: .*(not found|No such file)/],
      ['sh -c "kill -9 \\$\\$"', /^the ProxyCommand was ended by SIGKILL$/],
      [
        'sh -c "echo nothing to say >&2; exec sleep 9"',
        /^the ProxyCommand says, as .* did not answer within 1 s: nothing to say/,
      ],
    ] as const) {
      configure(`Host target\n  ConnectTimeout 1\n  ProxyCommand ${command}\n`);
      const error = await refused(await settled('target'));
      assert.match(error.message, words);
      assert.ok(error.hint?.includes('It comes from the configuration of ssh'), error.hint);
    }
    execFileSync('sh', ['-c', "! pgrep -f '^sleep 9$'"]);
  });

  it('are given up at once when nobody waits any longer', async () => {
    configure('Host middle\n  ProxyJump bastion\n');
    const host = await settled('middle');
    await silently(async () => {
      const stop = new AbortController();
      setTimeout(() => stop.abort(), 500);
      const started = performance.now();
      const connection = await createSshTransport().connect(
        host,
        { become: false, connectTimeoutMs: 20_000, secrets: {} },
        stop.signal,
      );
      assert.equal(connection.ok ? '' : connection.error.code, 'interrupted');
      assert.ok(performance.now() - started < 3000);
      await eventually(() => sessions(bastion), '0');
    });
  });
});
