import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { startCpuClock } from '../support/cpu-clock.ts';
import { loadText } from '../support/inventory-files.ts';
import type { InventoryHost } from '../../src/model/host.ts';
import type { Inventory } from '../../src/model/inventory.ts';
import { inventoryHost } from '../support/hosts.ts';
import type { Diagnostic } from '../../src/model/source.ts';
import { SecretName } from '../../src/model/scalar-literal.ts';
import { inTime } from '../support/in-time.ts';

describe('loadInventory', () => {
  it('reads hosts with the defaults of SSH', async () => {
    assert.deepEqual(await hostsOf('all:\n  hosts:\n    web01:\n'), [
      inventoryHost('web01', { groups: ['ungrouped'] }),
    ]);
  });

  it('gives values as Ansible has them, in YAML 1.1', async () => {
    const text = [
      'all:',
      '  vars: { yes: no, mode: 0644, quoted: "0644", none: ~, big: 9007199254740993, n: 7, time: 1:30, day: 2026-01-31 }',
      '  hosts: { a: { text: !!str 12, raw: !unsafe "{{ x }}", empty: } }',
    ].join('\n');
    const [{ vars } = { vars: {} }] = await hostsOf(text);
    assert.deepEqual(vars, {
      ...{ yes: false, mode: 420, quoted: '0644', none: null, big: '9007199254740993', n: 7, time: 90 },
      ...{ day: '2026-01-31', text: '12', raw: { __ansible_unsafe: '{{ x }}' }, empty: null },
    });
  });

  it('merges maps as PyYAML does: what is written itself wins, then the first of a list', async () => {
    const text = [
      'all:',
      '  vars:',
      '    one: &one { a: 1, b: 1, c: 1 }',
      '    two: &two { b: 2, c: 2, d: 2 }',
      '    both: { c: 3, <<: [*one, *two] }',
      '  hosts: { a: }',
    ].join('\n');
    assert.deepEqual((await hostsOf(text))[0]?.vars['both'], { a: 1, b: 1, c: 3, d: 2 });
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
        groups: ['ungrouped'],
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

  it('puts the hosts of children into the parent group, behind its own', async () => {
    const inventory = await inventoryOf(
      'all:\n  children:\n    odd: { hosts: { c: , a: } }\n    site: { children: { odd: }, hosts: { b: , a: } }\n',
    );
    assert.deepEqual(
      inventory.hosts.map((host) => host.name),
      ['c', 'a', 'b'],
    );
    assert.deepEqual(inventory.groups, [
      { name: 'odd', hosts: ['c', 'a'], ownHosts: ['c', 'a'], children: [] },
      { name: 'site', hosts: ['b', 'a', 'c'], ownHosts: ['b', 'a'], children: ['odd'] },
    ]);
    assert.deepEqual(inventory.all, {
      name: 'all',
      hosts: ['c', 'a', 'b'],
      ownHosts: [],
      children: ['ungrouped', 'odd', 'site'],
    });
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
    const spent = startCpuClock();
    assert.equal((await hostsOf(`all:\n  hosts:\n${lines.join('\n')}\n`)).length, 10_000);
    assert.ok(spent() < inTime(2000));
  });

  const wrong: readonly (readonly [title: string, text: string, diagnostics: readonly string[]])[] = [
    ['an empty file', '', ['1:1 E_EMPTY the inventory has no host | write one: web01']],
    ['no hosts', 'all:\n  children: { web: }\n', ['1:1 E_EMPTY the inventory has no host | write one: web01']],
    ['a list at the top', '- web01\n', ['1:1 E_TYPE the file must be a map | begin it with all:']],
    [
      'a list of hosts',
      'all:\n  hosts:\n    - web01\n',
      ['3:5 E_TYPE the hosts of all must be a map, not a list | write one a line with a colon after it: web01:'],
    ],
    [
      'variables of a host that are none',
      'all: { hosts: { a: 22 } }',
      ['1:20 E_TYPE the variables of "a" must be a map, not a single value | write name: value'],
    ],
    [
      'a number as a host',
      'all: { hosts: { 10: , a: } }',
      ['1:17 E_TYPE the name of a host must be a text, and YAML reads 10 otherwise | write "10"'],
    ],
    [
      'groups in a circle',
      'a: { children: { b: } }\nb: { children: { a: }, hosts: { h: } }',
      ['2:18 E_GROUP the group b is inside itself: b → a → b | remove one of the children'],
    ],
    [
      'all as a child',
      'a: { children: { all: }, hosts: { h: } }',
      ['1:18 E_GROUP all is the group of all hosts, and in no other | remove one of the children'],
    ],
    [
      'a priority that is no number',
      'all: { hosts: { a: }, vars: { ansible_group_priority: high } }',
      ['1:55 E_GROUP ansible_group_priority is not a whole number | write a number'],
    ],
    [
      'a range of a hundred million',
      'all: { hosts: { "web[1:99999999]": } }',
      ['1:17 E_RANGE "web[1:99999999]": more than 10000 hosts | write a range as web[01:20]'],
    ],
    [
      'a range that ends before it begins',
      'all: { hosts: { "w[9:1]": } }',
      ['1:17 E_RANGE "w[9:1]": [9:1] ends before it begins | write a range as web[01:20]'],
    ],
    [
      'a padded range of two widths',
      'all: { hosts: { "w[01:100]": } }',
      [
        '1:17 E_RANGE "w[01:100]": 01 and 100 in [01:100] have not the same number of digits | write a range as web[01:20]',
      ],
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
      'a reserved key',
      'all: { hosts: { a: { __proto__: 1 } } }',
      ['1:22 E_KEY the key __proto__ is reserved | use another name'],
    ],
    [
      'a tag that Ansible does not know',
      'all: { hosts: { a: { x: !env HOME } } }',
      ['1:25 E_TAG unknown tag !env: !secret is the only one | quote a value that starts with !: "!env HOME } } }"'],
    ],
    [
      'the configuration of a plugin',
      'plugin: amazon.aws.aws_ec2\nregions: [eu-west-1]\n',
      [
        `1:1 E_UNSUPPORTED this configures the plugin amazon.aws.aws_ec2 of Ansible, which runs only there | let a program ask Ansible, and give it as the inventory:\n    printf '#!/bin/sh\\nexec ansible-inventory -i /etc/runbook/inventory.yaml --list\\n' > inventory.sh && chmod +x inventory.sh`,
      ],
    ],
    [
      'a program that may not be executed',
      '#!/usr/bin/python3\nprint(1)\n',
      ['1:1 E_PROGRAM this is a program that may not be executed | chmod +x /etc/runbook/inventory.yaml'],
    ],
  ];
  for (const [title, text, expected] of wrong) {
    it(`refuses ${title}`, async () => {
      const { inventory, diagnostics } = await loadText(text);
      assert.deepEqual(diagnostics.filter(({ severity }) => severity === 'error').map(inOneLine), expected);
      assert.equal(inventory, undefined);
    });
  }

  const odd: readonly (readonly [title: string, text: string, diagnostics: readonly string[]])[] = [
    [
      'a host beside hosts:',
      'all:\n  web01: { ansible_host: a }\n  hosts: { b: }\n',
      ['2:3 W_SKIPPED a group has no "web01"; it is passed over | hosts go under all: hosts:'],
    ],
    [
      'a misspelt section',
      'all: { host: { a: }, hosts: { b: } }\n',
      ['1:8 W_SKIPPED a group has no "host"; it is passed over | did you mean hosts?'],
    ],
    [
      'a group that is none',
      'all: { hosts: { b: } }\nversion: 2\n',
      [
        '2:1 W_SKIPPED "version" is passed over: it is a single value, no group | a group holds hosts:, children: and vars:',
      ],
    ],
    [
      'a key that is there twice',
      'all: { hosts: { b: { x: 1, x: 2 } } }\n',
      ['1:28 W_DUPKEY the key x is there twice, first at 1:22; this one is used | remove one of them'],
    ],
    [
      'a misspelt connection variable',
      'all: { hosts: { b: { ansible_hots: b } } }',
      ['1:36 W_UNKNOWN_KEY ansible_hots has no effect | did you mean ansible_host?'],
    ],
    [
      'a group and a host of one name',
      'all: { hosts: { b: } }\nb: { hosts: { b: } }',
      [
        '1:17 W_SAME_NAME b is both a host and a group; variables of the host go to the group, as in Ansible | give one of them another name',
      ],
    ],
  ];
  for (const [title, text, expected] of odd) {
    it(`warns of ${title}, which Ansible takes too`, async () => {
      const { inventory, diagnostics } = await loadText(text);
      assert.deepEqual(diagnostics.map(inOneLine), expected);
      assert.deepEqual(
        inventory?.hosts.map(({ name, problems }) => [name, problems]),
        [['b', []]],
      );
    });
  }

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

function inOneLine({ code, message, hint, at }: Diagnostic): string {
  const place = `${at.start.line}:${at.start.column} ${code} ${message}`;
  return hint === undefined ? place : `${place} | ${hint}`;
}

async function inventoryOf(text: string): Promise<Inventory> {
  const { inventory, diagnostics } = await loadText(text);
  assert.deepEqual(diagnostics, []);
  assert.ok(inventory !== undefined);
  return inventory;
}

async function hostsOf(text: string): Promise<readonly InventoryHost[]> {
  return (await inventoryOf(text)).hosts;
}
