import assert from 'node:assert/strict';
import { startCpuClock } from '../support/cpu-clock.ts';
import { loadFiles, type FakeFiles } from '../support/inventory-files.ts';
import { inTime } from '../support/in-time.ts';

describe('The sources of an inventory', () => {
  it('may be a list of hosts', async () => {
    const { hosts } = await load({}, ['web01, db01:2222,192.0.2.7']);
    assert.deepEqual(
      hosts.map(({ name, port, groups }) => [name, port, groups]),
      [
        ['web01', undefined, ['ungrouped']],
        ['db01', 2222, ['ungrouped']],
        ['192.0.2.7', undefined, ['ungrouped']],
      ],
    );
  });

  it('may be a directory: all in it but what Ansible ignores, by name, and what is below', async () => {
    const { hosts } = await load(
      {
        '/i/20-late': 'b\n',
        '/i/10-early.yml': 'all: { hosts: { a: } }\n',
        '/i/sub/hosts': 'c\n',
        '/i/group_vars/all': 'x: 1\n',
        ...Object.fromEntries(
          ['.hidden', 'notes.md', 'old.bak', 'hosts.cfg', 'hosts.ini', 'x.retry', 'y~'].map((name) => [
            `/i/${name}`,
            'no\n',
          ]),
        ),
      },
      ['/i'],
    );
    assert.deepEqual(
      hosts.map(({ name, vars }) => [name, vars]),
      [
        ['a', { x: 1 }],
        ['b', { x: 1 }],
        ['c', { x: 1 }],
      ],
    );
  });

  it('add up: a later one wins, and what it names again is the same group', async () => {
    const { hosts, groups, name } = await load({ '/a': '[web]\nx v=1 w=1\n', '/b': '[web]\nx v=2\ny\n' }, ['/a', '/b']);
    assert.deepEqual(
      hosts.map((host) => [host.name, host.vars]),
      [
        ['x', { v: 2, w: 1 }],
        ['y', {}],
      ],
    );
    assert.deepEqual(
      groups.map((group) => [group.name, group.hosts]),
      [['web', ['x', 'y']]],
    );
    assert.equal(name, '2 inventory sources');
  });

  it('have variables beside them, in the order of Ansible', async () => {
    const place = (name: string): string => `v: ${name}\n${name}: 1\n`;
    const files = {
      '/i/hosts':
        '[parent:children]\nchild\n[child]\nweb01 v=host\n[all:vars]\nv=all\n[child:vars]\nv=child\n[parent:vars]\nv=parent\n',
      '/i/group_vars/all.yml': place('all_file'),
      '/i/group_vars/parent.yaml': place('parent_file'),
      '/i/group_vars/child': place('child_file'),
      '/i/host_vars/web01.json': '{"v": "host_file"}',
    };
    const { hosts, origins } = await load(files, ['/i/hosts']);
    assert.equal(hosts[0]?.vars['v'], 'host_file');
    assert.deepEqual(
      origins('web01', 'v').map((origin) => [origin.place, origin.value, origin.at?.file]),
      [
        ['host_vars of web01', 'host_file', '/i/host_vars/web01.json'],
        ['the host web01', 'host', '/i/hosts'],
        ['group_vars of child', 'child_file', '/i/group_vars/child'],
        ['group_vars of parent', 'parent_file', '/i/group_vars/parent.yaml'],
        ['group_vars of all', 'all_file', '/i/group_vars/all.yml'],
        ['the group child', 'child', '/i/hosts'],
        ['the group parent', 'parent', '/i/hosts'],
        ['the group all', 'all', '/i/hosts'],
      ],
    );
  });

  it('take of several files for one name the first, and all of a folder', async () => {
    const { hosts } = await load(
      {
        '/hosts': '[web]\nx\n',
        '/group_vars/web/10.yml': 'a: 1\nb: 1\n',
        '/group_vars/web/20': 'b: 2\n',
        '/group_vars/web/deep/z.json': '{"c": 3}',
        '/group_vars/web/.hidden.yml': 'd: 4\n',
        '/group_vars/web/old.yml~': 'e: 5\n',
        '/group_vars/web/readme.txt': 'f: 6\n',
        '/group_vars/web.yml': 'g: 7\n',
      },
      ['/hosts'],
    );
    assert.deepEqual(hosts[0]?.vars, { a: 1, b: 2, c: 3 });
  });

  it('have folders of variables of their own; the later source wins whatever the group', async () => {
    const { hosts } = await load(
      {
        '/a/hosts': '[parent:children]\nchild\n[child]\nx\n',
        '/a/group_vars/child': 'v: a-child\n',
        '/b/hosts': '[child]\nx\n',
        '/b/group_vars/parent': 'v: b-parent\n',
      },
      ['/a/hosts', '/b/hosts'],
    );
    assert.equal(hosts[0]?.vars['v'], 'b-parent');
  });

  it('weigh groups by depth, then by ansible_group_priority, then by name', async () => {
    const { hosts, variablesOfGroup } = await load(
      {
        '/hosts':
          '[a]\nx\n[b]\nx\n[a:vars]\nansible_group_priority=10\nv=a\n[b:vars]\nv=b\nw=b\n[c]\nx\n[c:vars]\nw=c\n',
        '/group_vars/c': 'w: file\n',
      },
      ['/hosts'],
    );
    assert.deepEqual(hosts[0]?.vars, { v: 'a', w: 'file' });
    assert.deepEqual(hosts[0]?.groups, ['b', 'c', 'a']);
    assert.deepEqual(await variablesOfGroup('a'), { v: 'a', ansible_group_priority: 10 });
    assert.deepEqual(await variablesOfGroup('c'), { w: 'file' });
  });

  it('give the variables of a host to the group of the same name, as in Ansible', async () => {
    const { inventory, diagnostics } = await loadFiles({
      '/hosts': '[localhost]\nlocalhost ansible_connection=local\n',
    });
    assert.equal(inventory?.hosts[0]?.connection, 'local');
    assert.deepEqual(inventory.origins('localhost', 'ansible_connection')[0]?.place, 'the group localhost');
    assert.deepEqual(
      diagnostics.map(({ code }) => code),
      ['W_SAME_NAME'],
    );
  });

  it('make a file of variables that cannot be read a problem of its hosts alone', async () => {
    const { hosts } = await load(
      {
        '/hosts': '[a]\nx\n[b]\ny\n',
        '/group_vars/a': 'v: [\n',
        '/group_vars/nobody': '[[[',
        '/group_vars/b': '- 1\n',
      },
      ['/hosts'],
    );
    assert.deepEqual(
      hosts.map(({ problems }) => problems.map(({ code, at }) => `${at.file} ${code}`)),
      [['/group_vars/a E_YAML'], ['/group_vars/b E_TYPE']],
    );
  });

  it('leave variables of the current folder unread where none is beside them, and say so', async () => {
    const files = { '/site/i/hosts': 'x\n', '/site/group_vars/all': 'v: 1\n', '/site/host_vars/x': 'v: 2\n' };
    const { inventory, diagnostics } = await loadFiles(files, { sources: ['/site/i/hosts'], directory: '/site' });
    assert.deepEqual(inventory?.hosts[0]?.vars, {});
    assert.deepEqual(
      diagnostics.map(({ severity, code, at }) => `${severity} ${code} ${at.file}`),
      ['warning W_NOT_READ group_vars', 'warning W_NOT_READ host_vars'],
    );
    const beside = await loadFiles(
      { ...files, '/site/hosts': 'x\n' },
      { sources: ['/site/hosts'], directory: '/site' },
    );
    assert.deepEqual(beside.diagnostics, []);
  });

  it('may be empty files among others, also of variables', async () => {
    const { hosts } = await load({ '/i/a.yml': '---\n', '/i/b': 'x\n', '/i/group_vars/all': '# nothing yet\n' }, [
      '/i',
    ]);
    assert.deepEqual(
      hosts.map(({ problems }) => problems),
      [[]],
    );
  });

  it('never lead out of the folders of variables', async () => {
    const list = () => JSON.stringify({ '../../etc/secret': { hosts: ['../x', 'x'] }, _meta: { hostvars: {} } });
    const { hosts } = await load(
      { '/i/list': list, '/etc/secret': 'v: 1\n', '/i/x': 'v: 2\n', '/i/group_vars/a': '', '/i/host_vars/a': '' },
      ['/i/list'],
    );
    assert.deepEqual(
      hosts.map(({ vars }) => vars),
      [{}, {}],
    );
  });

  it('are named when they are not there', async () => {
    const { diagnostics } = await loadFiles({ '/other': '' }, { sources: ['/hosts'] });
    assert.deepEqual(
      diagnostics.map(({ code, message, at }) => `${at.file} ${code} ${message}`),
      ['/hosts E_READ there is no such file'],
    );
  });

  it('are together at most 16 MiB and 10,000 hosts', async () => {
    const big = `# ${'x'.repeat(9 * 1024 * 1024)}\nweb01\n`;
    const large = await loadFiles({ '/a': big, '/b': big }, { sources: ['/a', '/b'] });
    assert.deepEqual(
      large.diagnostics.map(({ code, at }) => `${at.file} ${code}`),
      ['/b E_SIZE'],
    );
    const many = await loadFiles({ '/a': 'a[1:6000]\n', '/b': 'b[1:6000]\n' }, { sources: ['/a', '/b'] });
    assert.deepEqual(
      many.diagnostics.map(({ code, message }) => `${code} ${message}`),
      ['E_SIZE more than 10000 hosts'],
    );
  });

  it('are read in less than two seconds with five thousand hosts and their variables', async () => {
    const hosts = Array.from(
      { length: 5000 },
      (_, index) => `host${index} ansible_host=10.0.${index >> 8}.${index & 255} n=${index}`,
    );
    const vars = Array.from({ length: 50 }, (_, index) => `var${index}: [${index}, "{{ n }}"]`).join('\n');
    const files = {
      '/i/hosts': `[web]\n${hosts.join('\n')}\n[site:children]\nweb\n`,
      '/i/group_vars/all/x.yml': vars,
      '/i/group_vars/web': vars,
    };
    const spent = startCpuClock();
    assert.equal((await load(files, ['/i'])).hosts.length, 5000);
    assert.ok(spent() < inTime(2000));
  });
});

describe('A program as an inventory', () => {
  it('prints groups, and the variables of all hosts with them', async () => {
    const asked: string[] = [];
    const list = (...args: readonly string[]): string => {
      asked.push(args.join(' '));
      return JSON.stringify({
        web: { hosts: ['web01', 'web02'], vars: { v: 1 }, children: ['edge'] },
        edge: ['edge01'],
        _meta: { hostvars: { web01: { ansible_host: '192.0.2.1', big: '@' }, unknown: { y: 1 } } },
      }).replace('"@"', '12345678901234567890');
    };
    const { hosts, groups, origins } = await load({ '/list.py': list }, ['/list.py']);
    assert.deepEqual(asked, ['--list']);
    assert.deepEqual(
      hosts.map(({ name, address, vars }) => [name, address, vars]),
      [
        ['web01', '192.0.2.1', { v: 1, ansible_host: '192.0.2.1', big: '12345678901234567890' }],
        ['web02', 'web02', { v: 1 }],
        ['edge01', 'edge01', { v: 1 }],
      ],
    );
    assert.deepEqual(
      groups.map(({ name }) => name),
      ['web', 'edge'],
    );
    assert.deepEqual(origins('web01', 'v'), [{ place: 'the group web', value: 1 }]);
  });

  it('may give a group only variables: then it is a host of that name, too', async () => {
    const { inventory, diagnostics } = await loadFiles({
      '/p': () => '{"alone": {"x": 1}, "_meta": {"hostvars": {}}}',
    });
    assert.deepEqual(
      inventory?.hosts.map(({ name, vars }) => [name, vars]),
      [['alone', { x: 1 }]],
    );
    assert.deepEqual(
      diagnostics.map(({ code }) => code),
      ['W_SAME_NAME'],
    );
  });

  it('is asked for each host where it does not give all variables at once', async () => {
    const program = (option = '', host = ''): string =>
      option === '--list' ? '{"web": ["a", "b", "c"]}' : host === 'c' ? '' : JSON.stringify({ me: host });
    const { hosts } = await load({ '/p': program }, ['/p']);
    assert.deepEqual(
      hosts.map(({ vars }) => vars),
      [{ me: 'a' }, { me: 'b' }, {}],
    );
  });

  it('may print what ansible-inventory prints', async () => {
    const printed = {
      _meta: { hostvars: { a: { raw: { __ansible_unsafe: '{{ x }}' }, ansible_user: { __ansible_unsafe: 'ops' } } } },
      all: { children: ['ungrouped', 'web'] },
      web: { hosts: ['a'] },
    };
    const { hosts } = await load({ '/p': () => JSON.stringify(printed) }, ['/p']);
    assert.deepEqual([hosts[0]?.user, hosts[0]?.vars['raw']], ['ops', { __ansible_unsafe: '{{ x }}' }]);
  });

  const wrong: readonly (readonly [title: string, printed: string, expected: string])[] = [
    ['nothing', '', 'the program printed nothing for --list'],
    ['no JSON', 'all:\n', 'the program did not print JSON'],
    ['a list', '[]', 'the program did not print an object of JSON'],
    ['hosts that are no list', '{"web": {"hosts": "a"}}', 'the hosts of "web" are no list'],
    ['a host that is no text', '{"web": [1]}', '"web" has a host that is no text'],
    ['variables that are none', '{"web": {"hosts": ["a"], "vars": []}}', 'the variables of "web" are no object'],
    ['children that are no list', '{"web": {"hosts": ["a"], "children": {}}}', 'the children of "web" are no list'],
    [
      'a circle',
      '{"a": {"hosts": ["x"], "children": ["b"]}, "b": {"children": ["a"]}}',
      'the group b is inside itself: b → a → b',
    ],
  ];
  for (const [title, printed, expected] of wrong) {
    it(`is refused when it prints ${title}`, async () => {
      const { inventory, diagnostics } = await loadFiles({ '/p': () => printed });
      assert.equal(inventory, undefined);
      assert.deepEqual(
        diagnostics.filter(({ code }) => code === 'E_PROGRAM').map(({ message }) => message),
        [expected],
      );
    });
  }
});

async function load(files: FakeFiles, sources: readonly string[]) {
  const { inventory, diagnostics } = await loadFiles(files, { sources });
  assert.deepEqual(diagnostics, []);
  assert.ok(inventory !== undefined);
  return inventory;
}
