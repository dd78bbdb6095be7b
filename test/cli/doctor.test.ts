import assert from 'node:assert/strict';
import { Workplace } from './spawn.ts';

describe('runbook doctor', function () {
  this.timeout(30_000);
  let place: Workplace;
  beforeEach(() => {
    place = new Workplace();
  });
  afterEach(() => {
    place.remove();
  });

  it('finds this machine ready, and its inventory', async () => {
    place.write({ 'inventory.yaml': 'all: { hosts: { here: { ansible_connection: local }, a: , b: } }\n' });
    const { code, out } = await place.runbook(['doctor']);
    assert.equal(code, 0, out);
    assert.match(out, /^✔ this machine {2}.*inventory\.yaml, 3 hosts\n$/);
  });

  it('names what is wrong with this machine', async () => {
    const { code, out } = await place.runbook(['doctor'], {
      environment: place.environment({ SSH_AUTH_SOCK: '/nowhere/agent' }),
    });
    assert.equal(code, 2);
    assert.match(out, /no SSH agent answers at \/nowhere\/agent/);
    assert.match(out, /there is no inventory; looked at/);
  });

  it('looks at hosts: who is ready, who is not, and why; what is no host of ours stops nothing', async () => {
    const inventory = [
      'all:',
      '  hosts:',
      '    here: { ansible_connection: local }',
      '    gone: { ansible_host: 127.0.0.1, ansible_port: 1 }',
      '    win: { ansible_connection: winrm }',
    ].join('\n');
    place.write({ 'inventory.yaml': inventory });
    const { code, out } = await place.runbook(['doctor', 'all', '--no-become']);
    assert.equal(code, 2 | 4, out);
    assert.match(out, /^✖ gone\n {4}127\.0\.0\.1:1 refuses connections\n/m);
    assert.match(out, /^✖ win\n {4}hosts are not reached by winrm here/m);
    assert.match(out, /^✔ here {2}/m);
    assert.match(out, /^2 hosts a run would not get through on, 1 ready$/m);
    const json = await place.runbook(['doctor', 'here', '--no-become', '--json']);
    const said = json.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { readonly host: string | null; readonly complaints: unknown });
    assert.deepEqual(
      said.map(({ host, complaints }) => ({ host, complaints })),
      [
        { host: null, complaints: [] },
        { host: 'here', complaints: [] },
      ],
    );
  });

  it('says of the host alone that a secret of it is nowhere, or in a vault that stays closed', async () => {
    const vault = ['$ANSIBLE_VAULT;1.1;AES256', '6162', ''].join('\n          ');
    const inventory = [
      'all:',
      '  hosts:',
      '    named: { ansible_host: 127.0.0.1, ansible_port: 1, ansible_password: !secret nowhere }',
      '    vaulted:',
      '      ansible_host: 127.0.0.2',
      '      ansible_port: 1',
      `      ansible_become_password: !vault |\n          ${vault}`,
      '    here: { ansible_connection: local }',
    ].join('\n');
    place.write({ 'inventory.yaml': inventory });
    const { code, out } = await place.runbook(['doctor', 'all', '--become-user', 'nobody']);
    assert.equal(code, 2, out);
    assert.match(out, /✖ named\n {4}the secret nowhere, for ansible_password, is nowhere/);
    assert.match(out, /✖ vaulted\n {4}this vault is damaged[^]*inventory\.yaml:7/);
    assert.doesNotMatch(out, /internal|refuses connections/);
  });

  it('tells hosts with the same remedy together, and of each what is so', async () => {
    const hosts = Array.from(
      { length: 30 },
      (_, index) => `h${index}: { ansible_host: 127.0.0.${index + 1}, ansible_port: 1 }`,
    );
    place.write({ 'inventory.yaml': `all: { hosts: { ${hosts.join(', ')} } }\n` });
    const { out } = await place.runbook(['doctor', 'all', '--no-become']);
    const lines = out.split('\n').slice(1);
    assert.equal(lines[0], '✖ h0 h1 h2 h3 h4 h5 h6 h7 and 22 more');
    assert.equal(lines[1], '    h0: 127.0.0.1:1 refuses connections');
    assert.equal(lines[20], '    h19: 127.0.0.20:1 refuses connections');
    assert.deepEqual(lines.slice(21, 25), [
      '    and 10 more',
      '    Is sshd running there, and on this port?',
      '',
      '30 hosts a run would not get through on',
    ]);
  });

  it('says of two names that they lead to one machine, which a run refuses, also where nobody gets in', async () => {
    const hosts = 'a: { ansible_host: 127.0.0.1, ansible_port: 1 }, b: { ansible_host: 127.0.0.1, ansible_port: 1 }';
    place.write({ 'inventory.yaml': `all: { hosts: { ${hosts}, here: { ansible_connection: local } } }\n` });
    const { code, out } = await place.runbook(['doctor', 'all', '--no-become']);
    assert.equal(code, 2 | 4, out);
    assert.match(out, /^✖ a b\n {4}a: it is the same machine as b\n {4}b: it is the same machine as a\n/m);
    assert.match(out, /^2 hosts a run would not get through on, 1 ready$/m);
  });

  it('reads the secrets that are named to it, and asks for passwords only where somebody can answer', async () => {
    place.write({ 'inventory.yaml': 'all: { hosts: { here: { ansible_connection: local } } }\n' });
    const missing = await place.runbook(['doctor', '--secrets', 'gone.yaml']);
    assert.equal(missing.code, 2, missing.out);
    assert.match(missing.out, /✖ this machine\n[^]*gone\.yaml/);
    const unasked = await place.runbook(['doctor', 'here', '-K']);
    assert.equal(unasked.code, 64, unasked.out);
    assert.match(unasked.err, /nobody can be asked: there is no terminal/);
  });

  it('wants an inventory when it is to look at hosts, and hosts that are there', async () => {
    assert.equal((await place.runbook(['doctor', 'all'])).code, 64);
    place.write({ 'inventory.yaml': 'all: { hosts: { a: } }\n' });
    const { code, err } = await place.runbook(['doctor', 'b']);
    assert.equal(code, 64);
    assert.match(err, /has no host or group "b"/);
  });
});
