import assert from 'node:assert/strict';
import type { InventoryHost } from '../../src/model/host.ts';
import type { Diagnostic } from '../../src/model/source.ts';
import { loadFiles, loadText } from '../support/inventory-files.ts';

describe('How a host of an inventory is reached', () => {
  it('is said by all names that Ansible has, with its precedence', async () => {
    const first = await hostOf(
      'ansible_host: 192.0.2.1, ansible_ssh_host: 192.0.2.2, ansible_user: a, ansible_ssh_user: b',
    );
    assert.deepEqual([first.address, first.user], ['192.0.2.2', 'b']);
    const second = await hostOf('ansible_port: 1, ansible_ssh_port: 2, ansible_timeout: 33, ansible_ssh_timeout: 44');
    assert.deepEqual([second.port, second.connectTimeoutMs], [2, 44_000]);
    const third = await hostOf('ansible_private_key_file: /a, ansible_ssh_private_key_file: ~/b, ansible_timeout: 33');
    assert.deepEqual([third.privateKeyFile, third.connectTimeoutMs], ['/home/me/b', 33_000]);
    assert.deepEqual((await hostOf('ansible_ssh_user: ~, ansible_user: a')).user, 'a');
  });

  it('is said by arguments of ssh, in the order in which Ansible puts them', async () => {
    const { sshOptions, port, user, sshConfigFile } = await hostOf(
      `ansible_ssh_extra_args: -6, ansible_ssh_common_args: "-J bastion -l late -p 3", ansible_ssh_args: "-C -p 1 -F conf", ansible_port: 2`,
    );
    assert.deepEqual(sshOptions, ['Compression=yes', 'ProxyJump=bastion', 'AddressFamily=inet6']);
    assert.deepEqual([port, user, sshConfigFile], [1, 'late', '/etc/runbook/conf']);
    assert.equal((await hostOf('ansible_ssh_common_args: -p 3, ansible_port: 2')).port, 2);
  });

  it('is by ssh unless something else is said', async () => {
    const wayOf = async (vars: string) => (await hostOf(vars)).connection;
    for (const way of ['ssh', 'smart', 'paramiko', 'paramiko_ssh', 'ansible.builtin.ssh'])
      assert.equal(await wayOf(`ansible_connection: ${way}`), 'ssh');
    assert.equal(await wayOf('ansible_connection: local'), 'local');
    assert.equal(await wayOf('ansible_connection: ssh, runbook_connection: openssh'), 'openssh');
  });

  it('says how another user is become there, but not whom', async () => {
    const becoming = async (vars: string) => (await hostOf(vars)).becoming;
    assert.deepEqual(await becoming('ansible_become: true, ansible_become_user: deploy'), { method: 'sudo' });
    assert.deepEqual(await becoming('ansible_become_method: ansible.builtin.su'), { method: 'su' });
    assert.deepEqual(await becoming('ansible_become_method: community.general.doas, ansible_doas_exe: /opt/doas'), {
      method: 'doas',
      program: '/opt/doas',
    });
    assert.deepEqual(await becoming('ansible_become_exe: sudo, ansible_become_flags: -H -S -n'), { method: 'sudo' });
  });

  it('warns of options that would give a login shell or our environment', async () => {
    const warnings = async (vars: string) =>
      (await loadText(`all: { hosts: { a: { ${vars} } } }`)).diagnostics.map(
        ({ code, message }) => `${code} ${message}`,
      );
    assert.deepEqual(await warnings('ansible_become_flags: -H -S -n'), []);
    assert.deepEqual(await warnings('ansible_become_flags: -H -iE'), [
      'W_NOT_FOLLOWED ansible_become_flags: the option -iE is not passed on to sudo',
    ]);
    assert.deepEqual(await warnings('ansible_become_method: su, ansible_su_flags: "-"'), [
      'W_NOT_FOLLOWED ansible_su_flags: the option - is not passed on to su',
    ]);
  });

  it('fills plain names into templates, one in another', async () => {
    const { address, user, port, sshOptions } = await hostOf(
      [
        'ansible_host: "{{ inventory_hostname }}.{{ zone }}", zone: "{{ site }}.example.com", site: eu',
        `ansible_user: "{{ login | default('ops') }}", ansible_port: "{{ports}}", ports: 2200`,
        'ansible_ssh_common_args: "-o ProxyJump={{ inventory_hostname_short }}-gw"',
      ].join(', '),
    );
    assert.deepEqual([address, user, port, sshOptions], ['a.eu.example.com', 'ops', 2200, ['ProxyJump=a-gw']]);
  });

  it('finds a relative path beside its file, else where we were started', async () => {
    const files = {
      '/i/hosts':
        'a ansible_ssh_private_key_file=k1\nb ansible_ssh_private_key_file=k2\nc ansible_ssh_private_key_file=k3\n',
      '/i/k1': '',
      '/here/k1': '',
      '/here/k2': '',
    };
    const { inventory } = await loadFiles(files, { sources: ['/i/hosts'], directory: '/here' });
    assert.deepEqual(
      inventory?.hosts.map(({ privateKeyFile }) => privateKeyFile),
      ['/i/k1', '/here/k2', '/i/k3'],
    );
  });

  it('takes what holds for all from elsewhere only where the inventory says nothing', async () => {
    const at = {
      file: '/ansible.cfg',
      start: { line: 2, column: 1, offset: 0 },
      end: { line: 2, column: 2, offset: 1 },
    };
    const defaults = [
      { variable: 'ansible_user', value: 'ops', at },
      { variable: 'ansible_port', value: 'nine', at },
    ];
    const { inventory } = await loadFiles({ '/hosts': 'a ansible_ssh_user=me ansible_port=9\nb\n' }, { defaults });
    assert.deepEqual(
      inventory?.hosts.map(({ user, port, problems }) => [user, port, problems.map(inOneLine)]),
      [
        ['me', 9, []],
        ['ops', undefined, ['2:1 E_PORT a port is a number from 1 to 65535 | write ansible_port: 22']],
      ],
    );
  });

  it('has no user and no key where they are empty, whatever its group has', async () => {
    const { inventory } = await loadText(
      'all: { vars: { ansible_user: ops, ansible_ssh_private_key_file: /k }, hosts: { a: { ansible_user: "", ansible_ssh_private_key_file: "" } } }',
    );
    const [host] = inventory?.hosts ?? [];
    assert.deepEqual([host?.user, host?.privateKeyFile, host?.problems], [undefined, undefined, []]);
  });

  it('has no configuration of ssh with -F none', async () => {
    assert.equal((await hostOf('ansible_ssh_common_args: -F none')).sshConfigFile, 'none');
  });

  it('warns that nothing is forwarded', async () => {
    const { diagnostics } = await loadText('all: { vars: { ansible_ssh_common_args: -A }, hosts: { a: , b: } }');
    assert.deepEqual(
      diagnostics.map(({ code, message }) => `${code} ${message}`),
      ['W_FORWARDING ansible_ssh_common_args: -A has no effect: nothing is forwarded to hosts'],
    );
  });

  const unreachable: readonly (readonly [title: string, host: string, problem: string])[] = [
    ...['web 01', '-oProxyCommand=x', 'a;b', '$(id)', 'a@u@h', 'a%b', 'web*', 'bücher'].map(
      (name): readonly [string, string, string] => [
        `${name} as a host`,
        `'${name}': { ansible_host: 192.0.2.1 }`,
        `1:17 E_HOST "${name}" cannot be the name of a host | use letters, digits, dots, _ and -; the address goes into ansible_host`,
      ],
    ),
    [
      'a user and a host as a host',
      'ops@web01: {}',
      '1:17 E_HOST "ops@web01" cannot be the name of a host | name it web01, and write the user as ansible_user: ops',
    ],
    ...['0', '65536', '"22 "', 'ssh', '22.5', '[22]'].map((port): readonly [string, string, string] => [
      `port ${port}`,
      `a: { ansible_port: ${port} }`,
      port === '[22]'
        ? '1:36 E_TYPE this is no value for ansible_port | write ansible_port: 22'
        : '1:36 E_PORT a port is a number from 1 to 65535 | write ansible_port: 22',
    ]),
    ...['127.1', '0x7f.1', '010.0.0.1', '2130706433', '1.2.3.4.5'].map((address): readonly [string, string, string] => [
      `address ${address}`,
      `a: { ansible_host: '${address}' }`,
      `1:36 E_ADDR "${address}" is read as different addresses by different programs | write four decimal numbers without leading zeros, such as 192.0.2.10`,
    ]),
    [
      'an address with a port',
      'a: { ansible_host: "web:22" }',
      '1:36 E_ADDR "web:22" has a port in it | put the port into ansible_port',
    ],
    [
      'an address with a user',
      'a: { ansible_host: root@web }',
      '1:36 E_ADDR "root@web" has a user in it | put the user into ansible_user',
    ],
    ['an option as a user', 'a: { ansible_user: -oX }', '1:36 E_TYPE this is no login name | write a login name'],
    [
      'a connection that is none of ours',
      'a: { ansible_connection: winrm }',
      '1:42 E_CONNECTION hosts are not reached by winrm here | ssh, openssh and local are the ones there are; choose other hosts, or leave this one out',
    ],
    [
      'a shell that is none of POSIX',
      'a: { ansible_shell_type: powershell }',
      '1:42 E_CONNECTION a host needs a POSIX shell, and not powershell | choose other hosts',
    ],
    [
      'another program than ssh',
      'a: { ansible_ssh_executable: /opt/ssh-wrap }',
      '1:46 E_UNSUPPORTED another program than ssh, /opt/ssh-wrap, is not run | remove it; runbook_connection: openssh takes the ssh of this machine',
    ],
    ...['ansible_host_key_checking: false', 'ansible_ssh_host_key_checking: "no"'].map(
      (vars): readonly [string, string, string] => [
        vars,
        `a: { ${vars} }`,
        `1:${24 + vars.indexOf(':')} E_HOST_KEY ${vars.split(':')[0] ?? ''}: host keys are always checked | put the keys into known_hosts and remove this; to take a new key once: ansible_ssh_common_args: -o StrictHostKeyChecking=accept-new`,
      ],
    ),
    [
      'ssh arguments that trust any host',
      'a: { ansible_ssh_common_args: -o StrictHostKeyChecking=no }',
      '1:47 E_HOST_KEY ansible_ssh_common_args: host keys are always checked | put them into known_hosts: ssh-keyscan HOST, and compare. To take a new key once: -o StrictHostKeyChecking=accept-new',
    ],
    [
      'another way to become a user',
      'a: { ansible_become_method: pbrun }',
      '1:45 E_BECOME another user cannot be become by pbrun here | sudo, su and doas are the ones there are',
    ],
    [
      'options that say who one becomes',
      'a: { ansible_become_flags: -u app }',
      '1:44 E_BECOME ansible_become_flags: the option -u is not passed on to sudo | remove it; a runbook says which user it becomes',
    ],
    [
      'a timeout that is none',
      'a: { ansible_timeout: soon }',
      '1:39 E_TYPE ansible_timeout is a number of seconds | write seconds, such as 10',
    ],
    [
      'a template with an expression',
      `a: { ansible_host: "{{ hostvars['b'].ip }}" }`,
      "1:36 E_TEMPLATE ansible_host holds an expression of Jinja, which is not evaluated here: hostvars['b'].ip | write the value itself, or {{ NAME }} of a variable",
    ],
    [
      'a template with a statement',
      'a: { ansible_host: "{% if x %}b{% endif %}" }',
      '1:36 E_TEMPLATE ansible_host holds a statement of Jinja, which is not evaluated here | write the value itself, or {{ NAME }} of a variable',
    ],
    [
      'a template with a name that is nowhere',
      'a: { ansible_host: "{{ nope }}" }',
      '1:36 E_TEMPLATE ansible_host names nope, a variable that this host does not have | write the value itself, or {{ NAME }} of a variable',
    ],
    [
      'templates in a circle',
      'a: { ansible_host: "{{ x }}", x: "{{ y }}", y: "{{ x }}" }',
      '1:36 E_TEMPLATE ansible_host leads in a circle: x → y → x | write the value itself, or {{ NAME }} of a variable',
    ],
  ];
  for (const [title, host, expected] of unreachable) {
    it(`keeps ${title} as a problem of that host alone`, async () => {
      const { inventory } = await loadText(`all: { hosts: { ${host}, other: } }`);
      assert.deepEqual(
        inventory?.hosts.map(({ problems }) => problems.map(inOneLine)),
        [[expected], []],
      );
    });
  }

  it('warns of an international name and uses its ASCII form', async () => {
    const { inventory, diagnostics } = await loadText('all: { hosts: { a: { ansible_host: bücher.example } } }');
    assert.equal(inventory?.hosts[0]?.address, 'xn--bcher-kva.example');
    assert.deepEqual(
      diagnostics.map((each) => each.code),
      ['W_IDN'],
    );
  });
});

function inOneLine({ code, message, hint, at }: Diagnostic): string {
  return `${at.start.line}:${at.start.column} ${code} ${message} | ${hint ?? ''}`;
}

async function hostOf(vars: string): Promise<InventoryHost> {
  const { inventory, diagnostics } = await loadText(`all: { hosts: { a: { ${vars} } } }`);
  const [host] = inventory?.hosts ?? [];
  assert.deepEqual([...diagnostics, ...(host?.problems ?? [])], []);
  assert.ok(host !== undefined);
  return host;
}
