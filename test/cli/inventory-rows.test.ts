import assert from 'node:assert/strict';
import { inventoryRows } from '../../src/cli/inventory-rows.ts';
import { inventoryHost } from '../support/hosts.ts';

describe('The rows of runbook inventory list', () => {
  const name = 'host-with-a-long-name.eu-central-1.compute.internal';
  const hosts = [
    inventoryHost(name, { user: 'ops', groups: ['web'] }),
    inventoryHost('web02', { address: '192.0.2.2', port: 2222, groups: ['web', 'live'] }),
  ];
  const second = ['web02', '192.0.2.2 port 2222', 'web live'];

  it('have the address also where it is the name', () => {
    assert.deepEqual(inventoryRows(hosts, Infinity), [[name, `ops@${name}`, 'web'], second]);
  });

  it('do not have it again where no room would be left for the groups', () => {
    assert.deepEqual(inventoryRows(hosts, 100), [[name, 'ops@(its name)', 'web'], second]);
  });
});
