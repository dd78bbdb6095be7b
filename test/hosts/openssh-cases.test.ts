import assert from 'node:assert/strict';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createOpensshTransport } from '../../src/transports/openssh.ts';
import { createSshElseOpenssh } from '../../src/transports/ssh-else-openssh.ts';
import { createSshTransport } from '../../src/transports/ssh.ts';
import type { FleetHost } from '../fleet/host.ts';
import { opensshHost } from './openssh-host.ts';
import { OpensshRig, withOptions, withSettings } from './openssh-rig.ts';
import { tokenKey } from './token-key.ts';
import { useLightHost } from './use-hosts.ts';

describe('the openssh transport, where our own SSH is at its end', function () {
  this.timeout(60_000);
  let web: FleetHost;
  let hop: FleetHost;
  const rig = new OpensshRig(() => web);

  useLightHost('ossh11', (started) => {
    web = started;
  });
  useLightHost('ossh12', (started) => {
    hop = started;
  });
  beforeEach(() => rig.set());
  afterEach(() => rig.clear());

  it('logs in with a certificate alone', async () => {
    rig.keygen('-t', 'ed25519', '-N', '', '-f', 'ca');
    rig.keygen('-t', 'ed25519', '-N', '', '-f', 'key');
    await rig.on(`echo '${readFileSync(join(rig.folder, 'ca.pub'), 'utf8').trim()}' >/etc/ssh/users_ca.pub`);
    await rig.sshd('TrustedUserCAKeys /etc/ssh/users_ca.pub');
    const host = opensshHost(web, 'root', [`IdentityFile=${join(rig.folder, 'key')}`], { keyFile: null });
    assert.match(await rig.why(host), /^authentication: \S+ refuses root with what ssh shows; it takes: publickey/);
    rig.keygen('-s', 'ca', '-I', 'ann', '-n', 'root', '-V', '-1m:+1h', 'key.pub');
    const connection = await rig.connected(host);
    assert.equal(connection.hostKey, await rig.fingerprint());
  });

  it('believes a host that an authority vouches for, by its name, and says why it does not', async () => {
    rig.keygen('-t', 'ed25519', '-N', '', '-f', 'ca');
    const known = join(rig.folder, 'known_hosts');
    writeFileSync(known, `@cert-authority * ${readFileSync(join(rig.folder, 'ca.pub'), 'utf8')}`);
    writeFileSync(join(rig.folder, 'host.pub'), await rig.on('cat /etc/ssh/ssh_host_ed25519_key.pub'));
    const certify = async (...args: string[]): Promise<void> => {
      rig.keygen('-s', 'ca', '-I', 'web', '-h', ...args, 'host.pub');
      await rig.on(`echo '${readFileSync(join(rig.folder, 'host-cert.pub'), 'utf8').trim()}' >/etc/ssh/host-cert.pub`);
      await rig.sshd('HostCertificate /etc/ssh/host-cert.pub');
    };
    const host = opensshHost(web, 'root', [`UserKnownHostsFile=${known}`]);
    await certify('-n', web.address, '-V', '-1m:+1h');
    assert.equal((await rig.connected(host)).hostKey, await rig.fingerprint());
    const both = createSshElseOpenssh(createSshTransport(), createOpensshTransport());
    const { hostKeys } = host.ssh;
    const ours = withSettings(
      { ...host, connection: 'ssh' },
      { hostKeys: { ...hostKeys, userFiles: [known], globalFiles: [] } },
    );
    assert.match(
      (await rig.connected(ours, {}, both)).chosen ?? '',
      /^openssh, because only that can check its host key/,
    );
    await certify('-n', 'another', '-V', '-1m:+1h');
    assert.match(
      await rig.why(host),
      /^host-key-unverifiable: .* does not count: name is not a listed principal; .*SHA256:/,
    );
    await certify('-n', web.address, '-V', '20200101:20200102');
    assert.match(await rig.why(host), /^host-key-unverifiable: .* does not count: expired/);
  });

  it('is taken by itself where sshd speaks only what is safe from quantum computers', async () => {
    await rig.sshd('KexAlgorithms sntrup761x25519-sha512@openssh.com');
    const host = opensshHost(web, 'root', [], { connection: 'ssh' });
    const transport = createSshElseOpenssh(createSshTransport(), createOpensshTransport());
    const first = await rig.connected(host, {}, transport);
    assert.match(first.chosen ?? '', /^openssh, because .* no algorithm in common/);
    assert.equal(first.hostKey, await rig.fingerprint());
    assert.match(
      await rig.why(withOptions(host, 'KexAlgorithms=diffie-hellman-group14-sha1'), {}, transport),
      /^protocol: no common/,
    );
  });

  it('names the token that does not answer', async () => {
    const { file, publicKey } = tokenKey(rig.folder);
    await rig.on(`cp /root/.ssh/authorized_keys /tmp/keys; echo '${publicKey}' >>/root/.ssh/authorized_keys`);
    const host = opensshHost(web, 'root', [`IdentityFile=${file}`], { keyFile: null });
    assert.match(
      await rig.why(host),
      new RegExp(`^key-unusable: the key ${file} is on a FIDO token, which does not answer: `),
    );
    await rig.on('cp /tmp/keys /root/.ssh/authorized_keys');
  });

  it('says what is wrong with a host key', async () => {
    const known = join(rig.folder, 'known_hosts');
    const host = opensshHost(web, 'root', [`UserKnownHostsFile=${known}`]);
    assert.match(
      await rig.why(host),
      /^host-key-unknown: the host is unknown: its ssh-ed25519 key SHA256:\S+ is not in/,
    );
    const [name, ...key] = web.knownHostsLine.trim().split(' ');
    writeFileSync(known, `@revoked ${web.address} ${key.join(' ')}\n`);
    assert.match(await rig.why(host), /^host-key-revoked: the host shows the ssh-ed25519 key SHA256:/);
    writeFileSync(known, `\n${name} ${readFileSync(hop.knownHostsFile, 'utf8').split(' ').slice(1).join(' ')}`);
    assert.match(await rig.why(host), new RegExp(`^host-key-changed: .*known is another ED25519 key \\(${known}:2\\)`));
    writeFileSync(known, web.knownHostsLine);
    writeFileSync(join(rig.folder, 'revoked'), key.slice(0, 2).join(' '));
    const revoking = opensshHost(web, 'root', [`RevokedHostKeys=${join(rig.folder, 'revoked')}`]);
    assert.match(
      await rig.why(revoking),
      new RegExp(`^host-key-revoked: .* revoked in ${join(rig.folder, 'revoked')}`),
    );
    rmSync(known);
    assert.equal(
      await rig.why(withSettings(host, { hostKeys: { ...host.ssh.hostKeys, unknown: 'add' } })),
      'connected',
    );
    assert.match(readFileSync(known, 'utf8'), new RegExp(`^${web.address} ssh-ed25519`));
  });

  it('says what is wrong with the way there', async () => {
    const host = opensshHost(web);
    assert.match(
      await rig.why(withSettings(host, { program: { ...host.ssh.program, destination: 'nosuch.invalid' } })),
      /^address-unknown: the name nosuch.invalid has no address/,
    );
    assert.match(await rig.why(withOptions(host, 'Port=1')), /^connection-refused: \S+:1 refuses connections/);
    assert.match(await rig.why(withOptions(host, 'NoSuchOption=1')), /^configuration: .*[Nn]o[Ss]uch[Oo]ption/);
    assert.match(
      await rig.why(withOptions(host, 'ProxyCommand=sleep 60'), { connectTimeoutMs: 1000 }),
      /^connection-timeout: \S+ did not answer within 1 s/,
    );
    assert.match(await rig.why(withOptions(host, 'ProxyCommand=nosuchprogram')), /^connection-lost: .*nosuchprogram/);
  });

  it('goes through a jump host that is verified and asked for nothing, and says which host is at fault', async () => {
    const config = join(rig.folder, 'config');
    const known = join(rig.folder, 'known_hosts');
    const key = join(rig.folder, 'key');
    cpSync(web.rootKeyFile, key);
    writeFileSync(
      config,
      `Host *\n IdentityFile ${key}\n IdentitiesOnly yes\n UserKnownHostsFile ${known}\n User root\n`,
    );
    const plain = opensshHost(web);
    const jump = { ...plain.ssh, name: hop.address, address: hop.address };
    const host = withSettings(plain, {
      route: { kind: 'jumps', hops: [jump] },
      program: {
        ...plain.ssh.program,
        options: [`ProxyJump=${hop.address}`, `IdentityFile=${web.rootKeyFile}`],
        configFile: config,
      },
    });
    writeFileSync(known, `${web.knownHostsLine}\n`);
    assert.match(
      await rig.why(host),
      new RegExp(`^host-key-unknown: on the way through a jump host: ${hop.address} is unknown`),
    );
    writeFileSync(known, `${hop.knownHostsLine}\n`);
    assert.match(await rig.why(host), /^host-key-unknown: the host is unknown: its ssh-ed25519 key SHA256:/);
    writeFileSync(known, `${hop.knownHostsLine}\n${web.knownHostsLine}\n`);
    assert.equal((await rig.connected(host)).hostKey, await rig.fingerprint());
    rig.keygen('-t', 'ed25519', '-N', '', '-f', 'stranger');
    cpSync(join(rig.folder, 'stranger'), key);
    assert.match(
      await rig.why(host),
      new RegExp(`^authentication: on the way through a jump host: ${hop.address} refuses root with what ssh shows`),
    );
  });
});
