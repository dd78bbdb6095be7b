import assert from 'node:assert/strict';
import { askFiles } from '../../src/transports/ssh-config/without-client.ts';
import { noClient, SshPlace } from './ssh-config-place.ts';

describe('the settings of ssh where there is no ssh', () => {
  let place: SshPlace;
  beforeEach(() => {
    place = new SshPlace();
    place.environment = { PATH: '/none' };
  });
  afterEach(() => place.remove());

  it('are read from its files by Host and Include', async () => {
    place.write('more/b.conf', 'User late\nHost web*\n  Port 2222\n');
    place.write('more/a.conf', 'Host web01\n  User ann\n');
    place.write('more/.hidden', 'User nobody\n');
    const include = `Include "${place.folder}/more/*.conf"\n`;
    place.write(
      'config',
      `${include}Host web01 !web02\n  HostName %h.lan\n  ProxyJump bob@gate\nHost *\n  ProxyCommand nc %h\n`,
    );
    const { address, user, port, route } = await place.settings({ address: 'web01' });
    assert.deepEqual([address, user, port], ['web01.lan', 'ann', 2222]);
    assert.ok(route.kind === 'jumps');
    assert.deepEqual([route.hops[0]?.address, route.hops[0]?.user, route.command], ['gate', 'bob', 'nc gate']);
    assert.equal((await place.settings({ address: 'web02', user: 'me' })).user, 'me');
  });

  it('are those of OpenSSH where nothing is said', async () => {
    place.write('config', '');
    const settings = await place.settings({ address: 'WEB01', privateKeyFile: '/a key' });
    assert.deepEqual([settings.address, settings.port], ['web01', 22]);
    assert.deepEqual(settings.login.keyFiles[0], { path: '/a key', isDefault: false });
    assert.ok(settings.hostKeys.userFiles[0]?.endsWith('/.ssh/known_hosts'));
    assert.deepEqual(settings.algorithms.ciphers, [], 'those of our own');
  });

  const undecided: readonly (readonly [string, RegExp])[] = [
    ['Host x\nMatch exec "true"\n  User eve\n', /config line 2: only ssh can decide "match exec/],
    ['Match host web*\n  User eve\n', /line 1/],
    ['Include ~/*/config\n', /line 1: only ssh can decide "include/],
    ['Include ${HOME}/x\n', /line 1/],
    ['Host "web\n', /line 1/],
    ['Ciphers +aes128-cbc\n', /line 1: only ssh can decide "ciphers/],
    ['CanonicalizeHostname yes\n', /line 1/],
    ['ConnectTimeout 1m\n', /line 1/],
  ];
  for (const [config, words] of undecided)
    it(`are refused, never guessed: ${config.trim().split('\n').at(-1)}`, async () => {
      place.write('config', config);
      const error = await place.error({ address: 'web01' });
      assert.equal(error.code, 'configuration');
      assert.match(error.message, words);
      assert.match(error.hint ?? '', /Install OpenSSH's client/);
    });

  it('end where files include themselves', async () => {
    place.write('config', `Include ${place.folder}/config\n`);
    assert.match((await place.error({ address: 'web01' })).message, /only ssh can decide "include/);
  });

  it('are the same as those of ssh, where there is one', async function () {
    if (noClient() !== undefined) return;
    const known = place.write('a b', '');
    const config = place.write(
      'config',
      [
        'Host web0?',
        '  HostName=%h.lan',
        '  IdentityFile ~/.ssh/one',
        `  UserKnownHostsFile "${known}" /etc/k`,
        'Host !db* *',
        '  User "ann"',
        '  IdentityFile ~/.ssh/two # the other one',
        '  IdentityFile ~/.ssh/one',
        '  ChallengeResponseAuthentication no',
        'Host *',
        '  Port 23',
        '  StrictHostKeyChecking accept-new',
        '  PreferredAuthentications publickey,keyboard-interactive,password',
      ].join('\n'),
    );
    for (const address of ['web01', 'db01', 'other']) {
      const { program, algorithms, beyond, ...files } = await place.settings({ address });
      place.environment = { PATH: process.env['PATH'] };
      const ssh = await place.settings({ address });
      place.environment = { PATH: '/none' };
      assert.equal(beyond.length + ssh.beyond.length, 0);
      assert.deepEqual(program, ssh.program);
      assert.deepEqual(algorithms.ciphers, []);
      const isNamed = ssh.login.keyFiles.some(({ isDefault }) => !isDefault);
      assert.deepEqual(files.hostKeys.userFiles, ssh.hostKeys.userFiles);
      assert.deepEqual([files.address, files.port, files.user], [ssh.address, ssh.port, ssh.user]);
      assert.deepEqual(files.login.methods, ssh.login.methods);
      if (isNamed) assert.deepEqual(files.login.keyFiles, ssh.login.keyFiles);
    }
    const asked = { destination: 'web01', own: {}, options: [], configFile: config };
    const { folder, environment } = place;
    const answered = await askFiles(asked, { home: '/root', user: 'me', directory: folder, environment });
    assert.deepEqual(answered.ok && answered.value.files, [config]);
  });
});
