import assert from 'node:assert/strict';
import { findDelegates } from '../../src/app/delegates.ts';
import { hostNamed } from '../../src/app/inventory-hosts.ts';
import type { BoundHost, InventoryHost } from '../../src/model/host.ts';
import { constant } from '../support/runbook-builder.ts';
import { downRunbook, startUnit } from '../support/down-runbook.ts';
import { inventory, inventoryHost, sshHost, sshSettings } from '../support/hosts.ts';
import { boundHost } from '../support/scripted-host.ts';

const HERE = { environment: {}, directory: '/', home: '/', user: 'me', siteDirectory: '/etc/runbook' };

const bound = (name: string): BoundHost => ({
  host: sshHost(name, sshSettings({ address: name })),
  params: {},
  secrets: {},
});

/** A host of the run, web01, whose fix is delegated to this name; the other hosts of the inventory are reached on this machine. */
function find(to: string, others: readonly InventoryHost[], hosts = [bound('web01')]) {
  const runbook = downRunbook({ fix: [{ ...startUnit, delegate: constant(to) }] });
  const all = inventory({ hosts: [inventoryHost('web01'), ...others] });
  return findDelegates(runbook, hosts, { named: (name) => hostNamed(all, name) }, HERE);
}

const local = (name: string, parts: Partial<InventoryHost> = {}) =>
  inventoryHost(name, { connection: 'local', ...parts });

describe('the hosts that steps are delegated to', () => {
  it('are those of the inventory that are no hosts of the run', async () => {
    const found = await find('lb01', [local('lb01')]);
    assert.ok(found.ok);
    assert.deepEqual(
      found.value.delegates.map(({ host }) => [host.name, host.connection]),
      [['lb01', 'local']],
    );
    assert.deepEqual(found.value.hosts[0]?.delegates, [{ name: 'lb01', changes: true }]);
    const own = await find('web02', [local('web02')], [bound('web01'), bound('web02')]);
    assert.ok(own.ok);
    assert.deepEqual(own.value.delegates, []);
    assert.deepEqual(
      own.value.hosts.map(({ delegates }) => delegates?.length ?? 0),
      [1, 0],
    );
  });

  it('have to be there by exactly that name', async () => {
    const found = await find('lb1', [local('lb01')]);
    assert.equal(
      found.ok ? '' : found.error.message,
      'start is delegated to "lb1" for web01: inventory.yaml has no host "lb1"',
    );
    assert.match(found.ok ? '' : (found.error.hint ?? ''), /did you mean/);
  });

  it('have to be reachable as they are written', async () => {
    const at = {
      file: 'inventory.yaml',
      start: { line: 1, column: 1, offset: 0 },
      end: { line: 1, column: 1, offset: 0 },
    };
    const problem = { code: 'E_CONNECTION', severity: 'error' as const, message: 'winrm is not supported', at };
    const found = await find('lb01', [local('lb01', { problems: [problem] })]);
    assert.match(found.ok ? '' : found.error.message, /^a step is delegated to lb01: winrm is not supported/);
  });

  it('are no second name of a host of the run', async () => {
    const here = boundHost('web01');
    const near = { ...here, host: { ...here.host, connection: 'local' as const } };
    const found = await find('lb01', [local('lb01')], [near]);
    assert.equal(found.ok ? '' : found.error.code, 'same-machine');
  });
});
