import assert from 'node:assert/strict';
import { settleHosts } from '../../src/app/settle-hosts.ts';
import type { Surroundings } from '../../src/app/surroundings.ts';
import type { InventoryHost } from '../../src/model/host.ts';
import { inventoryHost } from '../support/hosts.ts';
import { skip } from '../support/skip.ts';
import { noClient, SshPlace } from '../transports/ssh-config-place.ts';

describe('how hosts are reached', () => {
  let place: SshPlace;
  before(function () {
    const problem = noClient();
    if (problem !== undefined) skip(this, problem);
  });
  beforeEach(() => {
    place = new SshPlace();
    place.write(
      'config',
      'Host web1 web2\n  HostName 192.0.2.1\nHost web2\n  ProxyJump gate\nHost web3\n  Port 2222\n',
    );
  });
  afterEach(() => place.remove());

  const host = (name: string, parts: Partial<InventoryHost> = {}): InventoryHost =>
    inventoryHost(name, { sshConfigFile: `${place.folder}/config`, ...parts });
  const settle = (...hosts: readonly InventoryHost[]) => {
    const surroundings: Surroundings = {
      environment: place.environment,
      directory: place.folder,
      home: place.folder,
      user: 'me',
      siteDirectory: '/etc/runbook',
    };
    return settleHosts(hosts, surroundings);
  };

  it('is settled before anything else: address, port and user of ssh, where the inventory says none', async () => {
    const settled = await settle(
      host('web1', { user: 'ann' }),
      host('web3', { address: 'web3', connection: 'openssh' }),
    );
    assert.ok(settled.ok);
    const [web1, web3] = settled.value;
    assert.deepEqual([web1?.address, web1?.port, web1?.user, web1?.connection], ['192.0.2.1', 22, 'ann', 'ssh']);
    assert.deepEqual([web3?.address, web3?.port, web3?.connection], ['web3', 2222, 'openssh']);
  });

  it('is no question for ssh where a host is this machine', async () => {
    place.environment = { PATH: '/none' };
    const settled = await settle(host('here', { connection: 'local' }));
    assert.ok(settled.ok);
    assert.deepEqual([settled.value[0]?.connection, settled.value[0]?.user], ['local', 'me']);
  });

  it('shows two names for one machine, and one address behind two gates as two', async () => {
    const twice = await settle(host('web1'), host('other', { address: '192.0.2.1' }));
    assert.equal(twice.ok ? '' : twice.error.code, 'same-machine');
    assert.match(twice.ok ? '' : twice.error.message, /other and web1 are the same machine: 192\.0\.2\.1 port 22/);
    assert.ok((await settle(host('web1'), host('web2'))).ok);
  });
});
