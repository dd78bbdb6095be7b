import assert from 'node:assert/strict';
import { parseSshArguments } from '../../src/load/inventory/ssh-arguments.ts';

describe("the ssh options of Ansible's inventories", () => {
  it('take the known_hosts file, whatever the spelling', () => {
    for (const text of [
      '-o UserKnownHostsFile=/a/b',
      '-oUserKnownHostsFile=/a/b',
      '-o userknownhostsfile=/a/b -o BatchMode=yes',
    ]) {
      assert.deepEqual(parseSshArguments(text), { ok: true, value: { knownHostsFile: '/a/b' } });
    }
  });

  it('are accepted where they only say what is so anyway', () => {
    const text = ' -o ControlMaster=auto  -o ControlPersist=60s -o StrictHostKeyChecking=yes -o IdentitiesOnly=no ';
    assert.deepEqual(parseSshArguments('-o ControlMaster=auto -o ControlPersist=60s -o StrictHostKeyChecking=yes'), {
      ok: true,
      value: {},
    });
    assert.deepEqual(parseSshArguments(text), {
      ok: false,
      error: 'the ssh option IdentitiesOnly=no is not supported by this version',
    });
  });

  it('are refused where they would trust more than we do', () => {
    for (const text of [
      '-o StrictHostKeyChecking=no',
      '-o StrictHostKeyChecking=accept-new',
      '-o UserKnownHostsFile=/dev/null',
    ]) {
      assert.deepEqual(parseSshArguments(text), {
        ok: false,
        error: 'host keys are always checked against a known_hosts file',
      });
    }
  });

  it('are refused where they would reach another host, or run something here', () => {
    for (const text of ['-J bastion', '-o ProxyCommand=x', '-F /etc/x', '-o', '-oconstructor=1', '-o __proto__=1']) {
      assert.equal(parseSshArguments(text).ok, false, text);
    }
  });
});
