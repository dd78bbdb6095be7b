import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { onDisk } from '../../src/load/inventory/files/disk.ts';
import { loadInventory } from '../../src/load/inventory.ts';

const LOGIN = { name: 'me', home: '/home/me' };

describe('Inventories on disk', () => {
  let folder: string;
  const write = (name: string, text: string, mode = 0o644): string => {
    const path = join(folder, name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, text);
    chmodSync(path, mode);
    return path;
  };
  const script = (name: string, text: string, mode = 0o755): string => write(name, `#!/bin/sh\n${text}\n`, mode);
  const load = async (path: string, longestRunMs = 10_000) => {
    const { inventory, diagnostics } = await loadInventory({ sources: [path], login: LOGIN }, onDisk({ longestRunMs }));
    return {
      hosts: inventory?.hosts.map(({ name }) => name),
      said: diagnostics.map(({ code, message, hint }) => `${code} ${message} | ${hint ?? ''}`),
    };
  };

  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'runbook-inventory-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('are programs that run in their folder, with one argument and no input', async () => {
    write('sub/names', '{"web": ["web01"], "_meta": {"hostvars": {}}}');
    const program = script('sub/list.sh', '[ "$*" = --list ] && [ -z "$(cat)" ] && cat names');
    assert.deepEqual(await load(program), { hosts: ['web01'], said: [] });
    assert.deepEqual((await load(relative('.', program))).hosts, ['web01']);
  });

  it('are not looked for among the programs of this machine', async () => {
    const { said } = await load('sh');
    assert.deepEqual(said, ['E_READ there is no such file | check the path']);
  });

  it('say why a program failed, in its own words', async () => {
    assert.deepEqual((await load(script('a', 'echo "no cloud" >&2; exit 3'))).said, [
      'E_PROGRAM the program ended with status 3 | it said: no cloud',
    ]);
    assert.deepEqual((await load(script('b', 'kill -9 $$'))).said, [
      'E_PROGRAM the program was ended by SIGKILL | run it by hand to see why',
    ]);
    assert.deepEqual((await load(script('c', 'sleep 30'), 100)).said, [
      'E_PROGRAM the program took longer than 0.1 s | run it by hand to see why',
    ]);
    assert.deepEqual((await load(script('d', 'yes | head -c 17000000'))).said, [
      'E_SIZE the program printed more than 16 MiB | let it print less',
    ]);
    assert.deepEqual((await load(write('e', '#!/nonexistent/python\n', 0o755))).said, [
      'E_PROGRAM the program that its first line names is not there | install it, or correct the line',
    ]);
  });

  it('are not run when every user may write them', async () => {
    const { said } = await load(script('a', 'echo {}', 0o757));
    assert.match(said.join(), /^E_PERM every user may write this/);
  });

  it('are files where their mode says program and their text does not, as on a shared folder', async () => {
    assert.deepEqual(await load(write('hosts', '[web]\nweb01\n', 0o755)), { hosts: ['web01'], said: [] });
    assert.deepEqual(await load(write('hosts.yml', 'all: { hosts: { a: } }\n', 0o755)), { hosts: ['a'], said: [] });
  });

  it('are directories whose links may lead in a circle', async () => {
    write('i/hosts', 'web01\n');
    for (const name of ['a', 'b', 'c', 'd']) symlinkSync('.', join(folder, 'i', name));
    write('i/group_vars/all/x.yml', 'a: 1\n');
    for (const name of ['a', 'b', 'c', 'd']) symlinkSync('.', join(folder, 'i', 'group_vars', 'all', name));
    assert.deepEqual(await load(join(folder, 'i')), { hosts: ['web01'], said: [] });
  });

  it('are never an exception: links to themselves, names that are too long, a FIFO', async () => {
    symlinkSync('self', join(folder, 'self'));
    assert.match((await load(join(folder, 'self'))).said.join(), /^E_READ the file cannot be read: ELOOP/);
    const long = Array.from({ length: 100 }, (_, index) => `host${index}`).join(',');
    assert.equal((await load(long)).hosts?.length, 100);
    assert.match((await load('x'.repeat(300))).said.join(), /^E_READ the file cannot be read: ENAMETOOLONG/);
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    assert.match((await load(join(folder, 'pipe'))).said.join(), /^E_NOTFILE/);
    write('i/hosts', 'web01\n');
    symlinkSync('group_vars', join(folder, 'i', 'group_vars'));
    assert.deepEqual(await load(join(folder, 'i')), { hosts: ['web01'], said: [] });
  });

  it('are not looked for in directories that every user may write', async () => {
    write('i/hosts', 'web01\n');
    chmodSync(join(folder, 'i'), 0o777);
    assert.match((await load(join(folder, 'i'))).said.join(), /^E_PERM every user may write this directory/);
    // What is named itself was put there by whoever named it, unlike what is found beside it.
    assert.deepEqual(await load(join(folder, 'i', 'hosts')), { hosts: ['web01'], said: [] });
    write('i/group_vars/all', 'ansible_host: 192.0.2.66\n');
    const problemsOf = async () => {
      const { inventory } = await loadInventory({ sources: [join(folder, 'i', 'hosts')], login: LOGIN });
      return inventory?.hosts.map(({ address, problems }) => [
        address,
        problems.map(({ code, at }) => [code, at.file]),
      ]);
    };
    assert.deepEqual(await problemsOf(), [['web01', [['E_PERM', join(folder, 'i')]]]]);
    chmodSync(join(folder, 'i'), 0o755);
    chmodSync(join(folder, 'i', 'group_vars'), 0o777);
    assert.deepEqual(await problemsOf(), [['web01', [['E_PERM', join(folder, 'i', 'group_vars')]]]]);
  });

  it('are programs that end with all that they have started when they take too long', async () => {
    const { said } = await load(script('slow', 'sh -c "sleep 60 & echo \\$! > pid; wait" & wait'), 1000);
    assert.match(said.join(), /^E_PROGRAM the program took longer than 1 s/);
    const pid = readFileSync(join(folder, 'pid'), 'utf8').trim();
    const isRunning = (): boolean => {
      const stat = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'utf8') : ' Z ';
      return !stat.includes(' Z ');
    };
    while (isRunning()) await setImmediate();
  });
});
