import assert from 'node:assert/strict';
import fc from 'fast-check';
import { loadInventory, type LoadedInventory } from '../../src/load/inventory.ts';
import type { InventoryFiles } from '../../src/load/inventory/files.ts';
import { ok } from '../../src/util/result.ts';
import { startCpuClock } from '../support/cpu-clock.ts';
import { loadFiles, type FakeFiles } from '../support/inventory-files.ts';
import { inTime } from '../support/in-time.ts';

const names = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, i) => line(i)).join('');

const PIECES = [
  ...[
    '[',
    ']',
    '{',
    '}',
    '{{',
    '}}',
    '(',
    ')',
    '"',
    "'",
    '\\',
    '#',
    ';',
    ':',
    '=',
    ',',
    '-',
    '|',
    '%',
    '~',
    '*',
    '!',
    '&',
  ],
  ...[
    '\n',
    '\r',
    '\t',
    '  ',
    '\0',
    '\ufeff',
    '\u2028',
    '[1:9999]',
    ':vars]',
    '[web]',
    '__proto__',
    'hosts',
    'None',
    '0x',
    '-o',
  ],
];

describe('An inventory that somebody made to keep us busy', () => {
  const large: readonly (readonly [title: string, files: FakeFiles, code: string | undefined])[] = [
    ['a host with a hundred thousand ranges', { '/h': `web${'[1:1]'.repeat(100_000)}\n` }, undefined],
    ['a range of ranges', { '/h': 'web[1:9999][1:9999]\n' }, 'E_RANGE'],
    ['a range that is written again and again', { '/h.x': names(1000, (i) => `[g${i}]\nweb[1:9999]\n`) }, 'E_SIZE'],
    [
      'groups in groups without end',
      { '/h': `[g0]\nx\n${names(20_000, (i) => `[g${i}:children]\ng${i + 1}\n[g${i + 1}]\n`)}` },
      'E_SIZE',
    ],
    [
      'groups in groups, from within',
      { '/h': `[g0]\nx\n${names(20_000, (i) => `[g${i + 1}:children]\ng${i}\n`)}` },
      'E_SIZE',
    ],
    ['empty lines before what is no YAML', { '/h': `${'\n'.repeat(500_000)}x y` }, 'E_INI'],
    ['blanks before what is no YAML', { '/h.yml': `x y${' '.repeat(500_000)}\n- :\nx` }, 'E_YAML'],
    ['words with = that are no variables', { '/h.x': `${'= '.repeat(100_000)}x` }, 'E_INI'],
    ['brackets in a value', { '/h': `[all:vars]\nv=${'('.repeat(40)}1${',)'.repeat(40)}\n[g]\nx` }, undefined],
  ];
  for (const [title, files, code] of large) {
    it(`is read or refused in seconds: ${title}`, async () => {
      const spent = startCpuClock();
      const { inventory, diagnostics } = await loadFiles(files);
      assert.ok(spent() < inTime(8000));
      assert.equal(diagnostics[0]?.code, code);
      assert.equal(inventory === undefined, code !== undefined);
    }).timeout(30_000);
  }

  it('is refused where links make endless folders of a few', async () => {
    const files: InventoryFiles = {
      kindOf: (path) => (path.split('/').length < 10 ? 'directory' : 'file'),
      realPath: (path) => path,
      namesIn: () => ok(['a', 'b', 'c', 'd', 'e']),
      read: () => ok(''),
      run: () => assert.fail('there is no program'),
    };
    const { diagnostics } = await loadInventory({ sources: ['/i'], login: { name: 'me', home: '/home/me' } }, files);
    assert.equal(diagnostics[0]?.message, 'the inventory has more than 50000 files and folders');
  }).timeout(30_000);

  const good: readonly (readonly [form: string, text: string, load: (text: string) => Promise<LoadedInventory>])[] = [
    [
      'INI',
      '[web]\nweb[01:03] ansible_port=22 x="a b" y=[1,{"a":(2,)}]\n[db]\ndb:22 z=True\n[prod:children]\nweb\ndb\n[prod:vars]\nq={{ x }}\n',
      (text) => loadFiles({ '/h.ini': text }),
    ],
    [
      'YAML',
      'all:\n  vars: { ansible_user: "{{ u.v[0] }}", u: { v: [ops] }, w: !vault x }\n  children:\n    db:\n      hosts: { db[1:2]: , db3: { a: &a [!unsafe x, 1:30] } }\n',
      (text) => loadFiles({ '/h.yml': text }),
    ],
    [
      'JSON of a program',
      '{"web":{"hosts":["a","b"],"vars":{"v":1},"children":["c"]},"c":["d"],"_meta":{"hostvars":{"a":{"l":[{"__ansible_vault":"x"}]}}}}',
      (text) => loadFiles({ '/p': () => text }),
    ],
    [
      'variables',
      'ansible_ssh_common_args: -o ProxyCommand="nc %h" -F /x\nansible_become_flags: -H\nansible_host: "{{ x | default(\'a\') }}"\n',
      (text) => loadFiles({ '/h': 'web01\n', '/group_vars/all': text }),
    ],
  ];
  for (const [form, text, load] of good) {
    it(`gives hosts or an error with its place for whatever was made of ${form}`, async () => {
      const piece = fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary', maxLength: 3 }));
      const edit = fc.tuple(fc.nat(text.length), fc.nat(8), piece);
      await fc.assert(
        fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 6 }), async (edits) => {
          const changed = edits.reduce((all, [at, drop, put]) => all.slice(0, at) + put + all.slice(at + drop), text);
          const { inventory, diagnostics } = await load(changed);
          assert.equal(
            inventory === undefined,
            diagnostics.some(({ severity }) => severity === 'error'),
          );
          const problems = (inventory?.hosts ?? []).flatMap((host) => host.problems);
          for (const { at, message, code } of [...diagnostics, ...problems]) {
            assert.match(code, /^[EW]_[A-Z0-9_]+$/);
            assert.ok(message !== '' && at.start.line >= 1 && at.start.column >= 1);
          }
        }),
        { numRuns: 500 },
      );
    }).timeout(30_000);
  }

  for (const name of ['__proto__', 'constructor', 'hasOwnProperty', 'toString']) {
    it(`may call hosts, groups and variables ${name}`, async () => {
      const programs = [
        `{"g": {"hosts": ["${name}"]}, "_meta": {"hostvars": {}}}`,
        `{"${name}": {"hosts": ["a"], "vars": {"${name}": {"${name}": 1}}}, "_meta": {"hostvars": {}}}`,
      ];
      for (const printed of programs) {
        const { inventory, diagnostics } = await loadFiles({ '/p': () => printed });
        assert.deepEqual(diagnostics, []);
        assert.equal(inventory?.hosts.length, 1);
      }
      const { inventory } = await loadFiles({ '/h': `[g]\n${name} ${name}=1 ansible_user="{{ ${name} }}"\n` });
      assert.deepEqual(
        inventory?.hosts.map((host) => [host.user, Object.keys(host.vars)]),
        [['1', [name, 'ansible_user']]],
      );
      assert.equal(Object.getPrototypeOf(inventory.hosts[0]?.vars), Object.prototype);
    });
  }
});
