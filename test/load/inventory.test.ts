import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { loadText } from '../support/inventory-files.ts';
import type { InventoryHost } from '../../src/model/host.ts';
import type { Inventory } from '../../src/model/inventory.ts';
import { inventoryHost } from '../support/hosts.ts';
import { SecretName } from '../../src/model/scalar-literal.ts';

describe('loadInventory', () => {
  it('reads hosts with the defaults of SSH', async () => {
    assert.deepEqual(await hostsOf('all:\n  hosts:\n    web01:\n'), [inventoryHost('web01')]);
  });

  it("takes values that the runbook language refuses as Ansible's users mean them", async () => {
    const text =
      'all: { vars: { ansible_become: True, mode: 0644, none: ~, big: 9007199254740993, n: 7 }, hosts: { a: } }';
    const [{ vars } = { vars: {} }] = await hostsOf(text);
    assert.deepEqual(vars, { ansible_become: true, mode: '0644', none: '', big: '9007199254740993', n: 7 });
  });

  it('reads how a host is reached; ~ is the home, other paths start at the inventory', async () => {
    const [web, db] = await hostsOf(
      [
        'all:',
        '  vars: { ansible_user: ops, ansible_ssh_private_key_file: ~/.ssh/id, runbook_known_hosts: keys/known_hosts }',
        '  hosts:',
        '    web01: { ansible_host: 192.0.2.1, ansible_port: 2222, ansible_ssh_private_key_file: keys/web }',
        '    db01: { ansible_host: "[2001:DB8:0::1]", ansible_user: dba, ansible_connection: smart }',
      ].join('\n'),
    );
    assert.deepEqual(
      { ...web, vars: {} },
      inventoryHost('web01', {
        address: '192.0.2.1',
        port: 2222,
        user: 'ops',
        privateKeyFile: '/etc/runbook/keys/web',
        knownHostsFile: '/etc/runbook/keys/known_hosts',
      }),
    );
    assert.equal(db?.address, '2001:db8::1');
    assert.equal(db.user, 'dba');
    assert.equal(db.privateKeyFile, '/home/me/.ssh/id');
  });

  it('lets child groups win over parents, later names over earlier ones, and hosts over groups', async () => {
    const [a, b] = await hostsOf(
      [
        'all:',
        '  vars: { v: all, w: all, x: all, y: all, z: all }',
        '  children:',
        '    zparent:',
        '      vars: { w: parent, x: parent, y: parent, z: parent }',
        '      children:',
        '        child_b: { vars: { x: b, y: b, z: b }, hosts: { a: { z: host } } }',
        '        child_a: { vars: { x: a, y: a2 }, hosts: { a: , b: } }',
      ].join('\n'),
    );
    assert.deepEqual(a?.vars, { v: 'all', w: 'parent', x: 'b', y: 'b', z: 'host' });
    assert.deepEqual(a.groups, ['zparent', 'child_a', 'child_b']);
    assert.deepEqual(b?.vars, { v: 'all', w: 'parent', x: 'a', y: 'a2', z: 'parent' });
  });

  it('puts the hosts of children into the parent group, in the order of the file', async () => {
    const inventory = await inventoryOf(
      'all:\n  children:\n    odd: { hosts: { c: , a: } }\n    site: { children: { odd: }, hosts: { b: , a: } }\n',
    );
    assert.deepEqual(
      inventory.hosts.map((host) => host.name),
      ['c', 'a', 'b'],
    );
    assert.deepEqual(inventory.groups, [
      { name: 'odd', hosts: ['c', 'a'], ownHosts: ['c', 'a'], children: [] },
      { name: 'site', hosts: ['c', 'a', 'b'], ownHosts: ['b', 'a'], children: ['odd'] },
    ]);
  });

  it('takes groups beside all, as Ansible does', async () => {
    const inventory = await inventoryOf('web: { hosts: { a: } }\nall: { vars: { x: 1 } }\n');
    assert.deepEqual(inventory.groups, [{ name: 'web', hosts: ['a'], ownHosts: ['a'], children: [] }]);
    assert.deepEqual(inventory.hosts[0]?.vars, { x: 1 });
  });

  it('expands ranges of numbers and letters', async () => {
    const names = async (key: string): Promise<string> =>
      (await hostsOf(`all: { hosts: { "${key}": } }`)).map((host) => host.name).join(' ');
    assert.equal(
      await names('web[08:11].example.com'),
      'web08.example.com web09.example.com web10.example.com web11.example.com',
    );
    assert.equal(await names('db[1:7:3]'), 'db1 db4 db7');
    assert.equal(await names('r[a:b]n[1:2]'), 'ran1 ran2 rbn1 rbn2');
  });

  it('keeps !secret as the name of a secret', async () => {
    const [host] = await hostsOf('all: { hosts: { a: { token: !secret api } } }');
    assert.deepEqual(host?.vars, { token: new SecretName('api') });
  });

  it('tells where a variable is written', async () => {
    const { origins } = await inventoryOf('all:\n  hosts:\n    a: { x: 1 }\n    b:\n  vars: { x: 2 }\n');
    assert.equal(origins('a', 'x')[0]?.at?.start.line, 3);
    assert.equal(origins('b', 'x')[0]?.at?.start.line, 5);
    assert.deepEqual(origins('b', 'y'), []);
  });

  it('takes over what Ansible needs for itself', async () => {
    const vars = 'ansible_python_interpreter: /usr/bin/python3, ansible_become: true, ansible_become_method: sudo';
    assert.equal((await hostsOf(`all: { hosts: { a: { ${vars} } } }`)).length, 1);
  });

  it('loads the example', async () => {
    const file = new URL('../../inventory.example.yaml', import.meta.url);
    const { hosts, groups } = await inventoryOf(readFileSync(file, 'utf8'));
    assert.equal(hosts.length, 6);
    assert.deepEqual(
      groups.map((group) => [group.name, group.hosts.length]),
      [
        ['webservers', 5],
        ['databases', 1],
        ['production', 6],
      ],
    );
    assert.equal(hosts[0]?.vars['soak'], '30s');
  });

  it('reads ten thousand hosts in less than two seconds', async () => {
    const lines = Array.from(
      { length: 10_000 },
      (_, index) => `    host${index}: { ansible_host: 10.0.${index >> 8}.${index & 255} }`,
    );
    const started = performance.now();
    assert.equal((await hostsOf(`all:\n  hosts:\n${lines.join('\n')}\n`)).length, 10_000);
    assert.ok(performance.now() - started < 2000);
  });

  const wrong: readonly (readonly [title: string, text: string, diagnostics: readonly string[]])[] = [
    ['an empty file', '', ['1:1 E_EMPTY the file is empty']],
    [
      'no hosts',
      'all:\n  children: { web: }\n',
      ['1:1 E_EMPTY the inventory has no host | put hosts under all: hosts:'],
    ],
    ['a list at the top', '- web01\n', ['1:1 E_TYPE the file must be a map, not a list | begin it with all:']],
    [
      'a list of hosts',
      'all:\n  hosts:\n    - web01\n',
      ['3:5 E_TYPE the hosts of all must be a map, not a list | write one a line with a colon after it: web01:'],
    ],
    [
      'a host beside hosts:',
      'all:\n  web01: { ansible_host: a }\n',
      ['2:3 E_UNKNOWN_KEY a group has no "web01" | hosts go under all: hosts:'],
    ],
    [
      'a misspelt section',
      'all: { host: { a: } }\n',
      ['1:8 E_UNKNOWN_KEY a group has no "host" | did you mean hosts?'],
    ],
    [
      'a host twice with different values',
      'all:\n  hosts: { a: { x: 1 } }\n  children: { g: { hosts: { a: { x: 2 } } } }\n',
      ['3:34 E_DUPHOST x has another value at 2:17 for the same host or group | remove one of the two'],
    ],
    [
      'one address under two names',
      'all:\n  hosts:\n    a: { ansible_host: 192.0.2.1 }\n    b: { ansible_host: "::ffff:192.0.2.1" }\n',
      ['4:5 E_DUPHOST b and a are the same machine: 192.0.2.1 port 22 | remove one of the two names'],
    ],
    [
      'two local hosts',
      'all:\n  hosts:\n    a: { ansible_connection: local }\n    b: { ansible_connection: local }\n',
      ['4:5 E_DUPHOST b and a are the same machine: this machine | remove one of the two names'],
    ],
    ...['web 01', '-oProxyCommand=x', 'a;b', '$(id)', 'u@h', 'a%b', 'web*', '2001:db8::1', 'bücher'].map(
      (name): readonly [string, string, readonly string[]] => [
        `${name} as a host`,
        `all: { hosts: { '${name}': } }`,
        [
          `1:17 E_HOST "${name}" cannot be the name of a host | use letters, digits, dots, _ and -; the address goes into ansible_host`,
        ],
      ],
    ),
    ...['0', '65536', '"22 "', 'ssh', '22.5', '[22]'].map((port): readonly [string, string, readonly string[]] => [
      `port ${port}`,
      `all: { hosts: { a: { ansible_port: ${port} } } }`,
      ['1:36 E_PORT a port is a number from 1 to 65535 | write ansible_port: 22'],
    ]),
    ...['127.1', '0x7f000001', '010.0.0.1', '"2130706433"', '1.2.3.4.5'].map(
      (address): readonly [string, string, readonly string[]] => [
        `address ${address}`,
        `all: { hosts: { a: { ansible_host: ${address.startsWith('"') ? address : `'${address}'`} } } }`,
        [
          `1:36 E_ADDR "${address.replaceAll('"', '')}" is read as different addresses by different programs | write four decimal numbers without leading zeros, such as 192.0.2.10`,
        ],
      ],
    ),
    [
      'an address with a port',
      'all: { hosts: { a: { ansible_host: "web:22" } } }',
      ['1:36 E_ADDR "web:22" has a port in it | put the port into ansible_port'],
    ],
    [
      'an address with a user',
      'all: { hosts: { a: { ansible_host: root@web } } }',
      ['1:36 E_ADDR "root@web" has a user in it | put the user into ansible_user'],
    ],
    [
      'an option as a user',
      'all: { hosts: { a: { ansible_user: -oX } } }',
      ['1:36 E_TYPE this is no value for ansible_user | write a login name'],
    ],
    [
      'a connection that is none',
      'all: { vars: { ansible_connection: winrm }, hosts: { a: , b: } }',
      ['1:36 E_TYPE this is no value for ansible_connection | ssh and local are the only ones'],
    ],
    [
      'a Jinja template',
      'all: { hosts: { a: { ansible_host: "{{ ip }}" } } }',
      ['1:36 E_TEMPLATE ansible_host holds a Jinja template, which is not evaluated | write the value'],
    ],
    [
      'a group and a host of one name',
      'all: { hosts: { web: } }\nweb: { hosts: { b: } }',
      ['2:1 E_GROUP web is both a group and a host | give one of them another name'],
    ],
    [
      'groups in a circle',
      'a: { children: { b: } }\nb: { children: { a: }, hosts: { h: } }',
      ['1:1 E_GROUP the group a is inside itself: a → b → a | remove one of the children'],
    ],
    [
      'all as a child',
      'a: { children: { all: }, hosts: { h: } }',
      ['1:18 E_GROUP all is the group of all hosts and no child | use another name'],
    ],
    [
      'a range of a hundred million',
      'all: { hosts: { "web[01:99999999]": } }',
      ['1:17 E_RANGE "web[01:99999999]": more than 10000 hosts | write a range as web[01:20]'],
    ],
    [
      'a range that ends before it begins',
      'all: { hosts: { "w[9:1]": } }',
      ['1:17 E_RANGE "w[9:1]": [9:1] ends before it begins | write a range as web[01:20]'],
    ],
    [
      'a range without an end',
      'all: { hosts: { "w[a:]": } }',
      ['1:17 E_RANGE "w[a:]": [a:] is not [first:last] or [first:last:step] | write a range as web[01:20]'],
    ],
    [
      'a range that is not closed',
      'all: { hosts: { "w[1:2": } }',
      ['1:17 E_RANGE "w[1:2": a [ is not closed | write a range as web[01:20]'],
    ],
    [
      'host keys that are not checked',
      'all: { vars: { ansible_host_key_checking: false }, hosts: { a: } }',
      [
        '1:16 E_UNSUPPORTED ansible_host_key_checking is not supported | host keys are always checked: put the key into known_hosts, or set runbook_known_hosts',
      ],
    ],
    [
      'a jump host in the options of ssh',
      'all: { hosts: { a: { ansible_ssh_common_args: -J bastion } } }',
      [
        '1:47 E_UNSUPPORTED the ssh option -J is not supported by this version | only -o UserKnownHostsFile=FILE has an effect here',
      ],
    ],
    [
      'a misspelt connection variable',
      'all: { hosts: { a: { ansible_hots: b } } }',
      ['1:22 E_UNKNOWN_KEY ansible_hots is not a variable that is known here | did you mean ansible_host?'],
    ],
    [
      "Ansible's INI form",
      '# old\n[webservers]\nweb01\n',
      [
        "1:1 E_UNSUPPORTED this is Ansible's INI form; only the YAML form is read | make a YAML file of it: ansible-inventory -i FILE --list --yaml > inventory.yaml",
      ],
    ],
    [
      'a program',
      '#!/usr/bin/python3\nprint(1)\n',
      [
        '1:1 E_UNSUPPORTED this is a program that makes an inventory; only the YAML form is read | make a YAML file of it: ansible-inventory -i FILE --list --yaml > inventory.yaml',
      ],
    ],
  ];
  for (const [title, text, expected] of wrong) {
    it(`refuses ${title}`, async () => {
      const { inventory, diagnostics } = await loadText(text);
      assert.deepEqual(
        diagnostics.map(({ code, message, hint, at }) => {
          const place = `${at.start.line}:${at.start.column} ${code} ${message}`;
          return hint === undefined ? place : `${place} | ${hint}`;
        }),
        expected,
      );
      assert.equal(inventory, undefined);
    });
  }

  it('reports all errors of a file at once', async () => {
    const { diagnostics } = await loadText(
      'all:\n  hosts:\n    a b:\n    c: { ansible_port: 0 }\n    d: { ansible_host: "1.2" }\n',
    );
    assert.deepEqual(
      diagnostics.map((each) => each.code),
      ['E_HOST', 'E_PORT', 'E_ADDR'],
    );
  });

  it('warns of an international name and uses its ASCII form', async () => {
    const { inventory, diagnostics } = await loadText('all: { hosts: { a: { ansible_host: bücher.example } } }');
    assert.equal(inventory?.hosts[0]?.address, 'xn--bcher-kva.example');
    assert.deepEqual(
      diagnostics.map((each) => each.code),
      ['W_IDN'],
    );
  });

  it('never throws, and gives an inventory or an error for any text', async () => {
    const word = fc.constantFrom(
      'all',
      'hosts',
      'children',
      'vars',
      'a',
      'b',
      'web[1:2]',
      'ansible_host',
      'ansible_port',
      '22',
      '{',
      '}',
      ':',
      ': ',
      ', ',
      '\n',
      '  ',
      '- ',
      '&x ',
      '*x',
      '!secret ',
      '"',
      '[',
      ']',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 40 }), async (words) => {
        const { inventory, diagnostics } = await loadText(words.join(''));
        assert.equal(
          inventory === undefined,
          diagnostics.some((each) => each.severity === 'error'),
        );
        assert.ok(inventory === undefined || inventory.hosts.length > 0);
      }),
      { numRuns: 1000 },
    );
  });
});

async function inventoryOf(text: string): Promise<Inventory> {
  const { inventory, diagnostics } = await loadText(text);
  assert.deepEqual(diagnostics, []);
  assert.ok(inventory !== undefined);
  return inventory;
}

async function hostsOf(text: string): Promise<readonly InventoryHost[]> {
  return (await inventoryOf(text)).hosts;
}
