import assert from 'node:assert/strict';
import { loadInventory } from '../../src/load/inventory.ts';
import type { InventoryFiles } from '../../src/load/inventory/files.ts';
import { ok } from '../../src/util/result.ts';
import { loadFiles, type FakeFiles } from '../support/inventory-files.ts';
import { inTime } from '../support/in-time.ts';

const names = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, i) => line(i)).join('');

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
      const started = performance.now();
      const { inventory, diagnostics } = await loadFiles(files);
      assert.ok(performance.now() - started < inTime(8000));
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
