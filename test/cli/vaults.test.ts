import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HUNTER2, inYaml, PASSWORD } from '../load/vaulted.ts';
import { Workplace } from './spawn.ts';

describe('What is in a vault', () => {
  let place: Workplace;
  before(() => {
    place = new Workplace().write({
      hosts: 'behind ansible_host=127.0.0.1 ansible_port=1\nwrong ansible_host=127.0.0.1\n',
      'group_vars/all.yml': `jump_password: ${inYaml(HUNTER2, '  ')}\n`,
      'host_vars/behind': `ansible_ssh_common_args: -o ProxyCommand="echo {{ jump_password }} >&2; exit 1"\n`,
      'host_vars/wrong': 'ansible_ssh_args: "-o Ciphers={{ jump_password }}"\n',
      password: `${PASSWORD}\n`,
    });
  });
  after(() => {
    place.remove();
  });

  const commands: readonly (readonly string[])[] = [
    ['inventory', 'list'],
    ['inventory', 'list', '--json'],
    ['inventory', 'graph', '--vars'],
    ['inventory', 'vars', '--explain'],
    ['inventory', 'vars', '--json'],
    ...['behind', 'wrong'].flatMap((host) => [
      ['inventory', 'host', host],
      ['inventory', 'host', host, '--json'],
      ['doctor', host],
      ['exec', host, '--', 'true'],
      ['exec', host, '--json', '--', 'true'],
    ]),
  ];
  it('is masked in what every command shows and keeps, also as a part of the way to a host', async () => {
    for (const argv of commands) {
      const [options, rest] = argv.includes('--') ? [argv.slice(0, -2), argv.slice(-2)] : [argv, []];
      const from = ['-i', 'hosts', '--vault-password-file', 'password'];
      const { code, out, err } = await place.runbook([...options, ...from, ...rest]);
      assert.doesNotMatch(`${out}${err}`, /hunter2/, argv.join(' '));
      assert.ok(code === 0 || argv[0] !== 'inventory' || argv[2] === 'wrong', `${argv.join(' ')}: ${err}`);
      if (argv.join(' ') === 'inventory host behind')
        assert.match(out, /through {6}the command echo \*{8} >&2; exit 1/);
    }
    const state = join(place.directory, 'state', 'runbook');
    const files = readdirSync(state, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    assert.ok(files.length > 0);
    for (const { parentPath, name } of files) {
      const text = readFileSync(join(parentPath, name), 'latin1');
      assert.doesNotMatch(text, /hunter2/, name);
    }
  }).timeout(60_000);
});
