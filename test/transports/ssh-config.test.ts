import assert from 'node:assert/strict';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { type SshPlace, useSshPlace } from './ssh-config-place.ts';

describe('the settings of ssh', () => {
  let place: SshPlace;
  useSshPlace((made) => {
    place = made;
  });

  it('are those of OpenSSH where nothing is configured', async () => {
    place.write('config', '');
    const { address, port, user, hostKeys, login, family, route, beyond } = await place.settings({ address: 'WEB01' });
    const home = userInfo().homedir;
    assert.deepEqual(
      { address, port, user, family, route },
      { address: 'web01', port: 22, user: userInfo().username, family: 'any', route: { kind: 'direct' } },
    );
    assert.equal(hostKeys.unknown, 'refuse');
    assert.deepEqual(hostKeys.userFiles, [join(home, '.ssh/known_hosts'), join(home, '.ssh/known_hosts2')]);
    assert.deepEqual(hostKeys.globalFiles, ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2']);
    assert.ok(login.keyFiles.some(({ path, isDefault }) => path === join(home, '.ssh/id_ed25519') && isDefault));
    assert.equal(login.onlyThese, false);
    assert.equal(login.agent, '/run/agent');
    assert.deepEqual(login.methods, ['publickey', 'keyboard-interactive', 'password']);
    assert.deepEqual(beyond, []);
  });

  it('put the words of the inventory before those of the files', async () => {
    place.write('config', 'Port 2200\nUser file\nConnectTimeout 3\nUserKnownHostsFile /file\nIdentityFile /file-key\n');
    const words = { port: 2222, user: 'CORP\\ann', connectTimeoutMs: 1500, knownHostsFile: '/my hosts' };
    const settings = await place.settings({ address: 'web01', ...words, privateKeyFile: '/my key' });
    assert.deepEqual([settings.port, settings.user, settings.connectTimeoutMs], [2222, 'CORP\\ann', 2000]);
    assert.deepEqual(settings.hostKeys.userFiles, ['/my hosts']);
    assert.deepEqual(
      settings.login.keyFiles.map(({ path }) => path),
      ['/my key', '/file-key'],
    );
    assert.equal(settings.login.onlyThese, true, 'keys of an agent would be shown first, and use up the tries');
    assert.deepEqual(settings.program, {
      destination: 'web01',
      configFile: join(place.folder, 'config'),
      options: [
        'Port=2222',
        'User=CORP\\ann',
        'IdentityFile="/my key"',
        'UserKnownHostsFile="/my hosts"',
        'ConnectTimeout=2',
        'IdentitiesOnly=yes',
      ],
    });
  });

  it('follow Host, Match and Include', async () => {
    place.write('more/one', 'Host *.org\n  User ned\n');
    const include = join(place.folder, 'more/*');
    place.write(
      'config',
      [
        `Include ${include}`,
        'Host web* !web9',
        '  Port 2201',
        'Match host db.lan',
        '  User dba',
        'Match originalhost db exec "test %n = db"',
        '  Port 2202',
        'Match user dba',
        '  ConnectTimeout 4',
        'Host db',
        '  HostName db.lan',
        'Host *',
        '  User rest',
      ].join('\n'),
    );
    const brief = async (address: string) => {
      const { address: found, port, user, connectTimeoutMs } = await place.settings({ address });
      return [found, port, user, connectTimeoutMs];
    };
    assert.deepEqual(await brief('web1'), ['web1', 2201, 'rest', undefined]);
    assert.deepEqual(await brief('web9'), ['web9', 22, 'rest', undefined]);
    assert.deepEqual(await brief('a.org'), ['a.org', 22, 'ned', undefined]);
    assert.deepEqual((await brief('db')).slice(0, 2), ['db.lan', 2202]);
  });

  it('have paths with their tokens, their home and their spaces', async () => {
    place.write(
      'config',
      [
        'HostName %h.lan',
        `UserKnownHostsFile "${place.write('a b', '')}" /k/%h ~/known`,
        'GlobalKnownHostsFile none',
        'IdentityFile ~/%r@%h:%p-%n-%u-%%',
        'IdentityFile rel',
        'CertificateFile none',
        'RevokedHostKeys ~/revoked',
        'IdentityAgent ~/agent-%r',
      ].join('\n'),
    );
    const { hostKeys, login, beyond } = await place.settings({ address: 'web', user: 'ann', port: 23 });
    const { homedir: home, username } = userInfo();
    assert.deepEqual(hostKeys.userFiles, [join(place.folder, 'a b'), '/k/web.lan', join(home, 'known')]);
    assert.deepEqual(hostKeys.globalFiles, []);
    assert.equal(hostKeys.revokedFile, join(home, 'revoked'));
    assert.deepEqual(
      login.keyFiles.map(({ path }) => path),
      [join(home, `ann@web.lan:23-web-${username}-%`), join(place.folder, 'rel')],
    );
    assert.equal(login.agent, join(home, 'agent-ann'));
    assert.deepEqual(beyond, []);
  });

  it('tell a known_hosts file with a blank in its name from two, or leave that to the program', async () => {
    const one = place.write('a b', '');
    place.write('config', `UserKnownHostsFile "${one}" /k\n`);
    const known = await place.settings({ address: 'web' });
    assert.deepEqual([known.hostKeys.userFiles, known.beyond], [[one, '/k'], []]);
    for (const text of [`/k/missing relative`, `"${one}"`, `${place.folder}/a b`]) {
      place.write('b', '');
      place.write('config', `GlobalKnownHostsFile ${text}\n`);
      const { beyond } = await place.settings({ address: 'web' });
      assert.match(beyond.join(), /only ssh knows whether ".* (relative|b)" is one known_hosts file or several/, text);
    }
  });

  it('leave to the program what can be read only by it', async () => {
    const key = place.write('id_sk', '');
    const plain = place.write('id', '');
    place.write('id-cert.pub', '');
    place.write('krb5cc', '');
    place.environment = { ...place.environment, KRB5CCNAME: `FILE:${join(place.folder, 'krb5cc')}` };
    const reasons: readonly (readonly [string, RegExp])[] = [
      [`IdentityFile ${key}`, /id_sk is on a FIDO token/],
      [`IdentityFile ${plain}`, /certificate .*id-cert\.pub/],
      [`IdentityFile none\nCertificateFile ${plain}-cert.pub`, /certificate .*id-cert\.pub/],
      ['IdentityFile ~nobody/key', /~nobody\/key is in another user's home/],
      ['IdentityFile ~/%C', /token %C/],
      ['IdentityFile /k/${NOT_SET}', /NOT_SET, which is not set/],
      ['GSSAPIAuthentication yes', /Kerberos ticket/],
      ['PKCS11Provider /lib/x.so', /PKCS11Provider/],
      ['KnownHostsCommand /bin/true', /KnownHostsCommand/],
      ['HostbasedAuthentication yes', /HostbasedAuthentication/],
      ['VerifyHostKeyDNS yes', /VerifyHostKeyDNS/],
      ['ProxyCommand nc %h\nProxyUseFdpass yes', /ProxyUseFdpass/],
      ['BindInterface lo', /BindInterface/],
      ['KexAlgorithms sntrup761x25519-sha512@openssh.com', /key exchanges sntrup761x25519/],
      ['HostKeyAlgorithms ssh-ed25519-cert-v01@openssh.com', /kinds of host key/],
      ['MACs umac-64@openssh.com', /MACs umac-64/],
    ];
    for (const [config, words] of reasons) {
      place.write('config', config);
      const { beyond } = await place.settings({ address: 'web' });
      assert.equal(beyond.length, 1, `${config}: ${beyond.join('; ')}`);
      assert.match(beyond[0] ?? '', words);
    }
    place.environment = { ...place.environment, KRB5CCNAME: join(place.folder, 'none') };
    place.write('config', `GSSAPIAuthentication yes\nIdentityFile ${join(place.folder, 'none_sk')}\n`);
    assert.deepEqual((await place.settings({ address: 'web' })).beyond, []);
  });

  it('keep to the algorithms that are configured and spoken here', async () => {
    place.write(
      'config',
      'Ciphers aes256-ctr,chacha20-poly1305@openssh.com,aes128-cbc\nKexAlgorithms +diffie-hellman-group1-sha1\n',
    );
    const { algorithms } = await place.settings({ address: 'web' });
    assert.deepEqual(algorithms.ciphers, ['aes256-ctr', 'chacha20-poly1305@openssh.com', 'aes128-cbc']);
    assert.equal(algorithms.keyExchanges.at(-1), 'diffie-hellman-group1-sha1');
    place.write('config', '');
    const own = (await place.settings({ address: 'web' })).algorithms;
    assert.equal(own.ciphers[0], 'aes128-gcm@openssh.com', 'in this process ChaCha20 is slow');
    assert.ok(!own.keyExchanges.some((name) => name.endsWith('-sha1')));
    assert.ok(!own.hostKeys.includes('ssh-rsa') && !own.publicKeys.includes('ssh-rsa'));
  });

  it('tell a known agent from none', async () => {
    const agentOf = async (line: string) => {
      place.write('config', line);
      return (await place.settings({ address: 'web' })).login.agent;
    };
    place.environment = { ...place.environment, MY_AGENT: '/run/mine' };
    assert.equal(await agentOf('IdentityAgent none'), undefined);
    assert.equal(await agentOf('IdentityAgent SSH_AUTH_SOCK'), '/run/agent');
    assert.equal(await agentOf('IdentityAgent $MY_AGENT'), '/run/mine');
    assert.equal(await agentOf('IdentityAgent /run/other'), '/run/other');
    place.environment = { PATH: process.env['PATH'] };
    assert.equal(await agentOf(''), undefined);
  });

  it('know how strict a host key is to be', async () => {
    for (const [word, unknown, askedFor] of [
      ['yes', 'refuse', undefined],
      ['ask', 'refuse', undefined],
      ['accept-new', 'add', undefined],
      ['no', 'refuse', 'no'],
      ['off', 'refuse', 'no'],
    ] as const) {
      place.write('config', `StrictHostKeyChecking ${word}\nHashKnownHosts yes\nCheckHostIP yes\nHostKeyAlias Web\n`);
      const { hostKeys } = await place.settings({ address: 'web01' });
      assert.deepEqual([hostKeys.unknown, hostKeys.askedFor], [unknown, askedFor], word);
      assert.deepEqual([hostKeys.hashNames, hostKeys.checkAddress, hostKeys.alias], [true, true, 'web']);
    }
  });

  it('show no password where a BatchMode or an option forbids it', async () => {
    const methodsOf = async (line: string) => {
      place.write('config', line);
      return (await place.settings({ address: 'web' })).login.methods;
    };
    assert.deepEqual(await methodsOf('BatchMode yes'), ['publickey']);
    assert.deepEqual(await methodsOf('NumberOfPasswordPrompts 0'), ['publickey']);
    assert.deepEqual(await methodsOf('PubkeyAuthentication no'), ['keyboard-interactive', 'password']);
    assert.deepEqual(await methodsOf('PasswordAuthentication no'), ['publickey', 'keyboard-interactive']);
    assert.deepEqual(await methodsOf('PreferredAuthentications password,hostbased,publickey'), [
      'password',
      'publickey',
    ]);
  });

  it('are refused in the words of ssh, with file and line', async () => {
    const file = place.write('config', 'Host web\n  Prot 22\n');
    const error = await place.error({ address: 'web' });
    assert.equal(error.code, 'configuration');
    assert.ok(error.message.includes(`${file}: line 2: Bad configuration option: prot`), error.message);
    assert.ok(error.hint?.includes(`ssh -F ${file} -G web`), error.hint);
    place.write('config', 'ProxyJump web\n');
    assert.match((await place.error({ address: 'web' })).message, /jumphost loop via web/);
    const missing = await place.error({ address: 'web', sshConfigFile: '/none/such' });
    assert.match(missing.message, /Can't open user config file \/none\/such/);
  });

  it('take more options from the inventory', async () => {
    place.write('config', '');
    const options = ['Port=2200', 'IdentitiesOnly=no', 'IdentityFile=/second'];
    const settings = await place.settings({ address: 'web', sshOptions: options, privateKeyFile: '/first' });
    assert.equal(settings.port, 2200);
    assert.equal(settings.login.onlyThese, false, 'whoever writes it means it');
    assert.deepEqual(
      settings.login.keyFiles.map(({ path }) => path),
      ['/first', '/second'],
    );
  });
});
