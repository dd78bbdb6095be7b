import assert from 'node:assert/strict';
import type { SshRoute } from '../../src/model/ssh-settings.ts';
import { type SshPlace, useSshPlace } from './ssh-config-place.ts';

describe('the way that ssh takes', () => {
  let place: SshPlace;
  useSshPlace((made) => {
    place = made;
  });

  const routeOf = async (address: string): Promise<SshRoute> => (await place.settings({ address })).route;
  const hopsOf = (route: SshRoute): readonly string[] => {
    assert.ok(route.kind === 'jumps');
    return route.hops.map(({ name, user, address, port }) => `${name}: ${user}@${address}:${port}`);
  };

  it('goes through jump hosts in their order, each with settings of its own', async () => {
    place.write(
      'config',
      [
        'Host gate',
        '  HostName 10.0.0.1',
        '  User keeper',
        '  HostKeyAlias the-gate',
        '  UserKnownHostsFile /gate-keys',
        '  ConnectTimeout 3',
        'Host web',
        '  ProxyJump gate,bob@inner:2200,carl@[fd00::1]:2201,ssh://deep:2202',
        '  User ann',
        'Host *',
        '  User rest',
      ].join('\n'),
    );
    const settings = await place.settings({ address: 'web', privateKeyFile: '/for-web-only' });
    const { route } = settings;
    assert.equal(settings.user, 'ann');
    assert.deepEqual(hopsOf(route), [
      'gate: keeper@10.0.0.1:22',
      'inner: bob@inner:2200',
      'fd00::1: carl@fd00::1:2201',
      'deep: rest@deep:2202',
    ]);
    assert.ok(route.kind === 'jumps');
    const [gate, inner] = route.hops;
    assert.equal(gate?.hostKeys.alias, 'the-gate');
    assert.deepEqual(gate?.hostKeys.userFiles, ['/gate-keys']);
    assert.equal(gate?.connectTimeoutMs, 3000);
    assert.equal(inner?.hostKeys.alias, undefined);
    assert.ok(!route.hops.some(({ login }) => login.keyFiles.some(({ path }) => path === '/for-web-only')));
  });

  it('asks the first jump host how it is reached, and no other', async () => {
    place.write(
      'config',
      [
        ...['Host outer', '  ProxyCommand nc -x proxy %h %p'],
        ...['Host gate', '  ProxyJump outer'],
        ...['Host inner', '  ProxyJump elsewhere'],
        ...['Host web', '  ProxyJump gate,inner'],
      ].join('\n'),
    );
    const route = await routeOf('web');
    assert.deepEqual(
      hopsOf(route).map((hop) => hop.split(':')[0]),
      ['outer', 'gate', 'inner'],
    );
    assert.equal(route.kind === 'jumps' ? route.command : undefined, 'nc -x proxy outer 22');
  });

  it('is the one of the inventory where that names one', async () => {
    place.write('config', 'Host web\n  ProxyJump gate\n');
    const { route } = await place.settings({ address: 'web', sshOptions: ['ProxyJump=none'] });
    assert.deepEqual(route, { kind: 'direct' });
    const other = await place.settings({ address: 'web', sshOptions: ['ProxyCommand=nc %h %p'] });
    assert.deepEqual(other.route, { kind: 'command', command: 'nc web 22' });
  });

  it('has tokens in a ProxyCommand and a ProxyJump', async () => {
    place.write(
      'config',
      'Host web\n  HostName 10.1\n  ProxyCommand nc %h %p # %r@%n %%\nHost db\n  ProxyJump gate-%h\n',
    );
    assert.deepEqual(await routeOf('web'), {
      kind: 'command',
      command: `nc 10.0.0.1 22 # ${(await place.settings({ address: 'web' })).user}@web %`,
    });
    assert.deepEqual(
      hopsOf(await routeOf('db')).map((hop) => hop.split(':')[0]),
      ['gate-db'],
    );
  });

  it('is refused when it goes round in a circle or never ends', async () => {
    place.write('config', 'Host a\n  ProxyJump b\nHost b\n  ProxyJump a\n');
    const circle = await place.error({ address: 'a', name: 'web01' });
    assert.equal(circle.code, 'configuration');
    assert.match(circle.message, /^web01: .*in a circle: b <- a <- b/);
    place.write('config', Array.from({ length: 20 }, (_, n) => `Host h${n}\n  ProxyJump h${n + 1}\n`).join(''));
    assert.match((await place.error({ address: 'h0' })).message, /more than 8 jump hosts: h1 <- h2/);
  });

  it('tells what only the program can do at a jump host', async () => {
    place.write('config', 'Host gate\n  PKCS11Provider /x.so\nHost web\n  ProxyJump gate\n');
    const { beyond } = await place.settings({ address: 'web' });
    assert.deepEqual(beyond, ['at the jump host gate: PKCS11Provider is set']);
  });
});
