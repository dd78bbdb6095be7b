import assert from 'node:assert/strict';
import { Workplace } from './spawn.ts';

const HOSTS = `lonely ansible_host=192.0.2.9
[web]
web[01:03] ansible_port=2222
[db]
db1 ansible_user=dba role="primary one"
win1 ansible_connection=winrm ansible_ssh_pass="{{ win_pass }}" ansible_user=<YOUR_NAME>
[prod:children]
web
db
[prod:vars]
soak=30s
`;

describe('runbook inventory', () => {
  let place: Workplace;
  before(() => {
    place = new Workplace().write({
      hosts: HOSTS,
      'group_vars/all.yml': 'ansible_user: ops\nsoak: 10s\n',
      'host_vars/web02.yml': 'soak: 5s\nansible_become_password: !secret sudo\n',
      'ansible.cfg':
        '[defaults]\ninventory = hosts\nremote_user = deploy\n[ssh_connection]\nssh_args = -J hop@bastion\n',
      'failed.txt': 'web03\n# not this one: web01\n\nlonely\n',
      'ssh/known_hosts': '',
    });
  });
  after(() => {
    place.remove();
  });

  const inventory = (...argv: readonly string[]) => place.runbook(['inventory', ...argv]);

  it('lists hosts, how they are reached, and which are not', async () => {
    assert.deepEqual(await inventory('list'), {
      code: 0,
      out: [
        'HOST    REACHED AS           GROUPS',
        'lonely  ops@192.0.2.9        ungrouped',
        'web01   ops@web01 port 2222  prod web',
        'web02   ops@web02 port 2222  prod web',
        'web03   ops@web03 port 2222  prod web',
        'db1     dba@db1              prod db',
        'win1    (see below)          prod db',
        '',
      ].join('\n'),
      err: [
        '6 hosts from hosts, named by ansible.cfg',
        '',
        'Cannot be reached as they are written',
        '  win1: hosts are not reached by winrm here (hosts:6)',
        '    hint: ssh, openssh and local are the ones there are; choose other hosts, or leave this one out',
        '',
      ].join('\n'),
    });
  });

  it('tells what is wrong with many hosts once, wherever it is written', async () => {
    const lines = Array.from({ length: 30 }, (_, index) => `w${index} ansible_connection=winrm\n`);
    place.write({ windows: lines.join('') });
    const { err } = await inventory('list', '-i', 'windows');
    assert.match(err, /^ {2}w0 w1 .* here\s+\(windows:1\s+and\s+29\s+more\s+places\)\n {4}hint: .*\n$/ms);
    assert.equal(err.split('hint:').length, 2);
  });

  it('lists those of a pattern, in its order, and those of a file', async () => {
    const first = ({ out }: { readonly out: string }) =>
      out.split('\n').flatMap((line) => /^[a-z]\S*/.exec(line) ?? []);
    assert.deepEqual(first(await inventory('list', 'db[0]:web:!web02')), ['db1', 'web01', 'web03']);
    assert.deepEqual(first(await inventory('list', '--limit', '@failed.txt')), ['lonely', 'web03']);
  });

  it('prints the JSON of ansible-inventory --list, secrets by their names', async () => {
    const { out } = await inventory('list', 'web02,lonely', '--json');
    assert.deepEqual(JSON.parse(out), {
      _meta: {
        hostvars: {
          lonely: { ansible_host: '192.0.2.9', ansible_user: 'ops', soak: '10s' },
          web02: { ansible_become_password: '!secret sudo', ansible_port: 2222, ansible_user: 'ops', soak: '5s' },
        },
      },
      all: { children: ['ungrouped', 'prod'] },
      prod: { children: ['web', 'db'] },
      ungrouped: { hosts: ['lonely'] },
      web: { hosts: ['web02'] },
    });
    assert.match(out, /^\{\n {4}"_meta": \{\n {8}"hostvars"/);
  });

  it('shows groups in groups, with variables where they are asked for', async () => {
    const { out } = await inventory('graph');
    assert.equal(
      out,
      [
        '@all:',
        '  |--@ungrouped:',
        '  |  |--lonely',
        '  |--@prod:',
        '  |  |--@web:',
        '  |  |  |--web01',
        '  |  |  |--web02',
        '  |  |  |--web03',
        '  |  |--@db:',
        '  |  |  |--db1',
        '  |  |  |--win1',
        '',
      ].join('\n'),
    );
    const db = await inventory('graph', 'db', '--vars');
    assert.match(
      db.out,
      /^@db:\n {2}\|--db1\n {2}\| {2}\|--\{ansible_user = dba\}\n {2}\| {2}\|--\{role = primary one\}\n/,
    );
    const prod = await inventory('graph', 'prod', '--vars');
    assert.match(prod.out, /\n {2}\|--\{soak = 30s\}\n$/);
    const all = await inventory('graph', '--vars');
    assert.match(all.out, /\n {2}\|--\{ansible_user = ops\}\n {2}\|--\{soak = 10s\}\n$/);
  });

  it('shows how one host is reached, with what ssh adds', async () => {
    const { code, out, err } = await inventory('host', 'web02');
    assert.equal(code, 0, err);
    assert.match(out, /^web02\n {2}reached as {3}ops@web02 port 2222\n/);
    assert.match(out, /\n {2}through {6}bastion \(hop@bastion port 22\)\n/);
    assert.match(out, /\n {2}host key {5}in .*known_hosts[\s\S]*an unknown one is refused\n/);
    assert.match(out, /\n {2}becomes {6}another user by sudo, with the password !secret sudo\n/);
  });

  it('tells why a host cannot be reached as it is written', async () => {
    const { code, out, err } = await inventory('host', 'win1');
    assert.equal(code, 0);
    assert.match(err, /^hosts:6:6: error E_CONNECTION: hosts are not reached by winrm here\n/);
    assert.match(out, /^win1\n {2}reached as {3}it cannot be reached as it is written: see above\n/);
  });

  it('prints the JSON of ansible-inventory --host', async () => {
    const { out } = await inventory('host', 'db1', '--json');
    assert.deepEqual(JSON.parse(out), { ansible_user: 'dba', role: 'primary one', soak: '10s' });
  });

  it('has in it each password by the name that is written', async () => {
    const { out } = await inventory('host', 'win1', '--json');
    const { ansible_ssh_pass } = JSON.parse(out) as Record<string, unknown>;
    assert.equal(ansible_ssh_pass, '{{ win_pass }}');
  });

  it('shows where a value comes from, and with --explain what it covers', async () => {
    assert.equal(
      (await inventory('vars', 'soak')).out,
      [
        'soak',
        '  10s',
        '      from group_vars of all, group_vars/all.yml:2',
        '      on lonely web01 web03 db1 win1',
        '  5s',
        '      from host_vars of web02, host_vars/web02.yml:1',
        '      on web02',
        '',
      ].join('\n'),
    );
    assert.equal(
      (await inventory('vars', 'soak', '--host', 'web02', '--explain')).out,
      [
        'soak',
        '  5s',
        '      from host_vars of web02, host_vars/web02.yml:1',
        '      covers 10s of group_vars of all, group_vars/all.yml:2',
        '      covers 30s of the group prod, hosts:11',
        '      on web02',
        '',
      ].join('\n'),
    );
  });

  it('shows a secret by its name, and all as JSON a line', async () => {
    const { out } = await inventory('vars', '--host', 'web02', '--json');
    const lines = out.trim().split('\n');
    const [secret] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.equal(lines.length, 4);
    assert.equal(secret?.['variable'], 'ansible_become_password');
    assert.equal(secret['value'], '!secret sudo');
  });

  const refused: readonly (readonly [argv: readonly string[], message: RegExp])[] = [
    [['list', 'wbe'], /^error: hosts has no host or group "wbe", .*\nhint: {2}did you mean "web"\?\n$/],
    [['graph', 'wbe'], /^error: hosts has no group "wbe"\nhint: {2}did you mean web\?\n$/],
    [
      ['host', 'web'],
      /^error: hosts has no host "web"\nhint: {2}that is a group; its hosts: runbook inventory list web\n$/,
    ],
    [['host', 'web3'], /^error: hosts has no host "web3"\nhint: {2}did you mean web03\?\n$/],
    [['vars', 'sok'], /^error: no chosen host of hosts has a variable "sok"\nhint: {2}did you mean soak\?\n$/],
    [
      ['list', '--limit', '@gone.txt'],
      /^error: the file of --limit @gone\.txt cannot be taken: there is no such file\n/,
    ],
  ];
  for (const [argv, message] of refused) {
    it(`${argv.join(' ')} exits 64 and says what to do`, async () => {
      const { code, out, err } = await inventory(...argv);
      assert.equal(code, 64);
      assert.equal(out, '');
      assert.match(err, message);
    });
  }

  it('that cannot reach a chosen host stops a run before it begins, and no other one', async () => {
    place.write({
      'runbooks/look.yaml':
        'runbook: look\nsummary: x\ndiagnose: [{ id: a, command: [echo], effect: reads }]\nfindings: { f: { when: "size(a.stdout) > 9", summary: x, advice: y } }\n',
    });
    const { code, err } = await place.runbook(['plan', 'look', '--hosts', 'win1']);
    assert.equal(code, 65);
    assert.match(err, /^hosts:6:6: error E_CONNECTION: win1: hosts are not reached by winrm here\n/);
    const all = await place.runbook(['plan', 'look', '--hosts', 'db']);
    assert.match(all.err, /\nerror: 1 of 2 chosen hosts .*\nhint: {2}to leave them out: --limit 'all:!win1'\n$/);
  });
});
