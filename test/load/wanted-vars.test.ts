import assert from 'node:assert/strict';
import { fillWanted } from '../../src/load/inventory/wanted-vars.ts';
import { SecretName } from '../../src/model/scalar-literal.ts';
import { loadText } from '../support/inventory-files.ts';

describe('fillWanted', () => {
  it('fills plain names into the variables that are wanted, at any depth, and leaves the others', async () => {
    const { vars, problems } = await fill(
      [
        'path: "{{ base }}/{{ inventory_hostname_short }}", base: /srv, other: "{{ base }}"',
        'list: ["{{ n }}", x], n: 7, map: { a: ["{{ base }}"] }, whole: "{{ list }}", flag: yes, text: "is {{ flag }}"',
      ].join(', '),
      ['path', 'list', 'map', 'whole', 'text', 'absent'],
    );
    assert.deepEqual(problems, []);
    assert.deepEqual(vars, {
      ...{ path: '/srv/web01', base: '/srv', other: '{{ base }}', list: [7, 'x'], n: 7, map: { a: ['/srv'] } },
      ...{ whole: [7, 'x'], flag: true, text: 'is True' },
    });
  });

  it('fills in what is in a map or a list, by a key, a number, or the value of another name', async () => {
    const { vars, problems } = await fill(
      [
        'hosts: { web01: { ip: 192.0.2.1, list: ["{{ n }}", x] }, items: I }, n: 7, which: ip',
        'ip: "{{ hosts[inventory_hostname_short].ip }}", deep: "{{ hosts[\'web01\'][which] }}:{{ hosts.web01.list[0] }}"',
        'item: "{{ hosts[\'items\'] }}", none: "{{ hosts.web09.ip | default(\'x\') }}", through: "{{ alias.web01.ip }}", alias: "{{ hosts }}"',
      ].join(', '),
      ['ip', 'deep', 'item', 'none', 'through'],
    );
    assert.deepEqual(problems, []);
    const { ip, deep, item, none, through } = vars;
    assert.deepEqual([ip, deep, item, none, through], ['192.0.2.1', '192.0.2.1:7', 'I', 'x', '192.0.2.1']);
  });

  it('takes another name where there is none', async () => {
    const { vars, problems } = await fill(
      'a: "{{ ip | default(inventory_hostname) }}", b: "{{ ip | default(m.x) }}", m: { x: 1 }, c: "{{ ip | default(True) }}"',
      ['a', 'b', 'c'],
    );
    assert.deepEqual(problems, []);
    assert.deepEqual([vars['a'], vars['b'], vars['c']], ['web01.example.com', 1, true]);
  });

  const notThere: readonly (readonly [expression: string, message: RegExp])[] = [
    ['m.b', /names m\.b, a variable that this host does not have$/],
    ['m.a.b', /holds an expression of Jinja/],
    ['m.items', /holds an expression of Jinja/],
    ['l.a', /holds an expression of Jinja/],
    ["l['0']", /holds an expression of Jinja/],
    ['l[2]', /names l, a variable that this host does not have$/],
    ['m[0]', /holds an expression of Jinja/],
    ['s[0]', /holds an expression of Jinja/],
    ['m.__proto__', /does not have$/],
    ["hostvars['web02'].ip", /holds an expression of Jinja/],
    ['c.x', /leads in a circle: c → c$/],
    ['x | default(y)', /names y, a variable that this host does not have$/],
    ['x | default(y + 1)', /holds an expression of Jinja/],
    ['m[m.a', /holds an expression of Jinja/],
  ];
  for (const [expression, message] of notThere) {
    it(`finds nothing in ${expression}`, async () => {
      const { problems } = await fill(
        `m: { a: 1 }, l: [1, 2], s: text, c: { x: "{{ c.x }}" }, v: "{{ ${expression} }}"`,
        ['v'],
      );
      assert.equal(problems.length, 1);
      assert.match(problems[0]?.message ?? '', message);
    });
  }

  it('keeps the name of a secret, and takes !unsafe as it stands', async () => {
    const { vars } = await fill('token: "{{ api }}", api: !secret api, raw: !unsafe "{{ x }}"', ['token', 'raw']);
    assert.deepEqual(vars['token'], new SecretName('api'));
    assert.equal(vars['raw'], '{{ x }}');
  });

  it('tells what only Ansible evaluates, where it is written, once for all hosts that share it', async () => {
    const { inventory } = await loadText(
      'all: { vars: { path: "{{ ansible_facts.x }}", list: ["{{ a }}"] }, hosts: { web01: , web02: } }',
    );
    const locate = (host: string, variable: string) => inventory?.origins(host, variable)[0]?.at;
    const { problems } = fillWanted(inventory?.hosts ?? [], ['path', 'list'], locate);
    assert.deepEqual(
      problems.map(({ code, message, at }) => `${at.start.line}:${at.start.column} ${code} ${message}`),
      [
        '1:22 E_TEMPLATE the variable path of web01 holds an expression of Jinja, which is not evaluated here: ansible_facts.x',
        '1:53 E_TEMPLATE the variable list of web01 names a, a variable that this host does not have',
      ],
    );
  });
});

async function fill(vars: string, names: readonly string[]) {
  const { inventory } = await loadText(`all: { hosts: { web01.example.com: { ${vars} } } }`);
  assert.ok(inventory !== undefined);
  const { hosts, problems } = fillWanted(inventory.hosts, names, () => undefined);
  return { vars: hosts[0]?.vars ?? {}, problems };
}
