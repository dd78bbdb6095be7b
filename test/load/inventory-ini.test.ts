import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Diagnostic } from '../../src/model/source.ts';
import { loadFiles } from '../support/inventory-files.ts';

describe("Ansible's INI form", () => {
  it('has hosts without a group first, then sections; a group may be named again', async () => {
    const { hosts, groups } = await load(
      ['mail.example.com', '', '# a comment', '[web]', 'web01', '[db]', 'db01', '[web]', 'web02', '; another'].join(
        '\n',
      ),
    );
    assert.deepEqual(
      hosts.map(({ name }) => name),
      ['mail.example.com', 'web01', 'db01', 'web02'],
    );
    assert.deepEqual(
      groups.map(({ name, hosts: members }) => [name, members]),
      [
        ['ungrouped', ['mail.example.com']],
        ['web', ['web01', 'web02']],
        ['db', ['db01']],
      ],
    );
  });

  it('takes ports, ranges and IPv6 addresses', async () => {
    const { hosts } = await load('web[01:02]:2222\ndb-[a:b].example.com\n[2001:db8::1]:22\n2001:db8::2\n192.0.2.7\n');
    assert.deepEqual(
      hosts.map(({ name, port }) => [name, port]),
      [
        ['web01', 2222],
        ['web02', 2222],
        ['db-a.example.com', undefined],
        ['db-b.example.com', undefined],
        ['2001:db8::1', 22],
        ['2001:db8::2', undefined],
        ['192.0.2.7', undefined],
      ],
    );
    assert.deepEqual(
      hosts.flatMap(({ problems }) => problems),
      [],
    );
  });

  it('reads variables of a host as words of a shell and literals of Python', async () => {
    const line = `web01 a=1 b="two words" c='"3"' d=[1,2] e="{'k':None}" f=True g=true h=0644 i=x#y`;
    const { hosts } = await load(`${line}\n`);
    assert.deepEqual(hosts[0]?.vars, {
      ...{ a: 1, b: 'two words', c: '3', d: [1, 2], e: { k: null } },
      ...{ f: true, g: 'true', h: '0644', i: 'x' },
    });
  });

  it('reads variables of a group to the end of the line', async () => {
    const { hosts } = await load(
      '[web]\nweb01\n[web:vars]\na = "1"\nb = two words # no comment\nc = 3 # comment\nd=\ne==f\n',
    );
    assert.deepEqual(hosts[0]?.vars, { a: '1', b: 'two words # no comment', c: 3, d: '', e: '=f' });
  });

  it('lets the later definition win', async () => {
    const { hosts } = await load('[a]\nx v=1 w=1\n[b]\nx v=2\n[a:vars]\nu=1\n[a:vars]\nu=2\n');
    assert.deepEqual(hosts[0]?.vars, { v: 2, w: 1, u: 2 });
  });

  it('names groups as children before they are declared', async () => {
    const { groups } = await load('[site:children]\neu\n[eu:children]\nweb # all of them\n[web]\nweb01\n');
    assert.deepEqual(
      groups.map(({ name, hosts, children }) => [name, hosts, children]),
      [
        ['site', ['web01'], ['eu']],
        ['eu', ['web01'], ['web']],
        ['web', ['web01'], []],
      ],
    );
  });

  it('says where a variable is written', async () => {
    const { origins } = await load('[web]\nweb01 x=1\n[web:vars]\nx = 2\n');
    assert.deepEqual(
      origins('web01', 'x').map(({ place, value, at }) => [place, value, at?.start.line, at?.start.column]),
      [
        ['the host web01', 1, 2, 7],
        ['the group web', 2, 4, 5],
      ],
    );
  });

  it('is read from a file with a YAML ending too, and from one that may be executed', async () => {
    const { inventory } = await loadFiles({ '/hosts.yml': '[web]\nweb01\n' });
    assert.equal(inventory?.hosts.length, 1);
  });

  const wrong: readonly (readonly [title: string, text: string, expected: string])[] = [
    [
      'spaces in a section',
      '[web servers]\n',
      '1:1 E_INI this is no section | write [group], [group:children] or [group:vars], without spaces',
    ],
    [
      'an unknown section',
      'x\n[web:hosts2]\ny\n',
      '2:1 E_INI [web:hosts2] is no kind of section | there are [group], [group:children] and [group:vars]',
    ],
    [
      'a group that is nowhere',
      '[a:children]\nb\nc\n[c]\nx\n',
      '2:1 E_GROUP [a:children] names the group b, which is declared nowhere | write [b] with its hosts, or remove this',
    ],
    [
      'variables of no group',
      'x\n[web:vars]\na=1\n',
      '2:1 E_GROUP [web:vars] is about a group that is declared nowhere | write [web] with its hosts, or remove this',
    ],
    [
      'a circle of groups',
      '[a:children]\nb\n[b:children]\na\n[b]\nx\n',
      '4:1 E_GROUP the group b is inside itself: b → a → b | remove one of the children',
    ],
    [
      'words that are no variables, the first one of a line',
      '  web01 fast slow x=1\n',
      '1:9 E_INI after the host come variables | write name=value, values with spaces in quotes; a comment begins with #',
    ],
    [
      'a template without quotes',
      'web01 ansible_host={{ a.b }} x=1\n',
      '1:23 E_INI after the host come variables | put a template with spaces in it into quotes: name="{{ other }}"',
    ],
    [
      'the beginning of YAML before hosts',
      '---\nweb01\n',
      '1:1 E_INI --- begins YAML, and what follows is the INI form | remove this line',
    ],
    [
      'an open quote',
      'web01 x="a\n',
      '1:1 E_INI a quote is not closed: " | put a value with spaces, quotes or # into quotes',
    ],
    ['a line that is no variable', 'x\n[all:vars]\nfoo\n', '3:1 E_INI here stand variables | write name=value'],
    [
      'variables under :children',
      '[a:children]\nx=1 y\n',
      '2:1 E_INI here stand names of groups, one a line | write variables under [group:vars]',
    ],
    ['a colon without a port', 'web01:\n', '1:1 E_HOST a port is missing after the colon | write web01 or web01:22'],
    [
      'an address in brackets without a port',
      '[2001:db8::1]\n',
      '1:1 E_INI this is no section | write [group], [group:children] or [group:vars], without spaces',
    ],
    [
      'a range of two letters',
      'web[ab:cd]\n',
      '1:1 E_RANGE "web[ab:cd]": [ab:cd] is neither of numbers nor of letters | write a range as web[01:20]',
    ],
    [
      'a priority that is none',
      '[a]\nx\n[a:vars]\nansible_group_priority=high\n',
      '4:1 E_GROUP ansible_group_priority is not a whole number | write a number',
    ],
  ];
  for (const [title, text, expected] of wrong) {
    it(`refuses ${title}`, async () => {
      const { inventory, diagnostics } = await loadFiles({ '/hosts.ini': text });
      assert.deepEqual(diagnostics.filter(({ code }) => code !== 'E_EMPTY').map(inOneLine), [expected]);
      assert.equal(inventory, undefined);
    });
  }

  it('is told apart from YAML by what it looks like when it is neither', async () => {
    const codes = async (file: string, text: string) =>
      (await loadFiles({ [file]: text })).diagnostics.map(({ code }) => code);
    assert.deepEqual(await codes('/hosts', 'web01 x\n'), ['E_INI']);
    assert.deepEqual(await codes('/hosts.yml', 'all:\n  hosts:\n    a: {\n'), ['E_YAML']);
    assert.deepEqual(await codes('/hosts.ini', 'all:\n  hosts:\n'), ['E_HOST', 'E_HOST']);
  });

  it('never throws, and gives an inventory or an error for any text', async () => {
    const word = fc.constantFrom(
      '[',
      ']',
      'web',
      ':',
      'vars',
      'children',
      '=',
      ' ',
      '\n',
      '#',
      '"',
      "'",
      '1',
      '[1:3]',
      '\\',
      ';',
      '{',
      '\t',
      'é',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 30 }), async (words) => {
        const { inventory, diagnostics } = await loadFiles({ '/hosts.ini': words.join('') });
        assert.equal(
          inventory === undefined,
          diagnostics.some(({ severity }) => severity === 'error'),
        );
      }),
      { numRuns: 1000 },
    );
  });
});

function inOneLine({ code, message, hint, at }: Diagnostic): string {
  return `${at.start.line}:${at.start.column} ${code} ${message} | ${hint ?? ''}`;
}

async function load(text: string) {
  const { inventory, diagnostics } = await loadFiles({ '/etc/ansible/hosts': text });
  assert.deepEqual(diagnostics, []);
  assert.ok(inventory !== undefined);
  return inventory;
}
