import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROGRAM, Workplace, type Ended } from '../cli/spawn.ts';
import type { FleetHost } from '../fleet/host.ts';
import { skip } from '../support/skip.ts';
import { useLightHost } from './use-hosts.ts';

const PASSWORD = 'Canary-passw0rd$x';
const PASSPHRASE = 'Canary-phrase 4711';

describe('the secrets of an SSH login', function () {
  this.timeout(60_000);
  const place = new Workplace();
  let host: FleetHost;

  const onHost = async (command: string): Promise<void> => {
    const { code, stderr } = await host.exec(command);
    assert.equal(code, 0, `${command}: ${stderr}`);
  };
  const inventory = (...vars: string[]): void => {
    const lines = ['ansible_user: ops', 'runbook_known_hosts: known_hosts', 'ansible_port: 22', ...vars];
    const all = `all:\n  vars:\n${lines.map((line) => `    ${line}\n`).join('')}`;
    place.write({ 'inventory.yaml': `${all}  hosts:\n    web01: { ansible_host: ${host.address} }\n` });
  };
  const exec = (environment: NodeJS.ProcessEnv, ...options: string[]): Promise<Ended> =>
    place.runbook(['exec', 'all', '--reads', '-i', 'inventory.yaml', ...options, '--', 'id'], { environment });
  /** All that the run printed and kept. */
  const nowhere = (words: string, ended: readonly Ended[]): void => {
    const kept = readdirSync(place.directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.parentPath.includes('state'))
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
    assert.ok(kept.length > 0);
    for (const text of [...kept, ...ended.flatMap(({ out, err }) => [out, err])])
      assert.ok(!text.includes(words), text);
  };

  useLightHost('secrets01', (started) => {
    host = started;
  });
  before(async () => {
    await onHost(`chpasswd <<'END'\nops:${PASSWORD}\nEND`);
    place.write({ known_hosts: `${host.knownHostsLine}\n` });
    const key = join(place.directory, 'key');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-a', '4', '-N', PASSPHRASE, '-f', key]);
    chmodSync(key, 0o600);
    await onHost(`cat >/home/ops/.ssh/authorized_keys <<'END'\n${readFileSync(`${key}.pub`, 'utf8')}END`);
  });
  after(() => {
    place.remove();
  });

  it('come from !secret, and are shown and kept nowhere: the password', async () => {
    inventory('ansible_password: !secret login');
    const right = { RUNBOOK_SECRET_LOGIN: PASSWORD };
    const ended = [
      await exec(right, '-v'),
      await exec(right, '--json'),
      await exec({ RUNBOOK_SECRET_LOGIN: `${PASSWORD}-wrong` }, '-v'),
    ];
    assert.deepEqual(
      ended.map(({ code }) => code),
      [0, 0, 4],
      ended.map(({ err }) => err).join('\n'),
    );
    assert.match(ended[2]?.err ?? '', /refuses ops with the password/);
    nowhere(PASSWORD, ended);
  });

  it('come from !secret, and are shown and kept nowhere: the passphrase of a key', async () => {
    inventory('ansible_ssh_private_key_file: key', 'ansible_ssh_private_key_passphrase: !secret key');
    const right = { RUNBOOK_SECRET_KEY: PASSPHRASE };
    const ended = [
      await exec(right, '-v'),
      await exec(right, '--json'),
      await exec({ RUNBOOK_SECRET_KEY: `${PASSPHRASE}-wrong` }, '-v'),
    ];
    assert.deepEqual(
      ended.map(({ code }) => code),
      [0, 0, 4],
      ended.map(({ err }) => err).join('\n'),
    );
    assert.match(ended[2]?.err ?? '', /key can't be decrypted: the passphrase is wrong/);
    nowhere(PASSPHRASE, ended);
  });

  it('name the variable of Ansible when they are missing', async () => {
    inventory('ansible_password: !secret nobody-has-it');
    const { code, err } = await exec({});
    assert.equal(code, 78);
    assert.match(err, /ansible_password/);
  });

  describe('typed on a terminal', () => {
    before(function () {
      if (spawnSync('script', ['--version']).status !== 0) skip(this, 'script (util-linux) is not here');
    });

    const onTerminal = (keys: string, ...argv: readonly string[]): Promise<Ended> => {
      inventory();
      const command = [process.execPath, PROGRAM, ...argv].map((word) => `'${word}'`).join(' ');
      return place.type(keys, 'script', ['-qefc', command, '/dev/null']);
    };
    const typed = (keys: string, ...options: readonly string[]): Promise<Ended> =>
      onTerminal(keys, 'exec', 'all', '--reads', '-i', 'inventory.yaml', ...options, '--', 'id');

    it('are asked for once, and not echoed', async () => {
      const ended = await typed(`${PASSWORD}\n`, '-k');
      assert.equal(ended.code, 0, ended.out);
      assert.match(ended.out, /^Password for the SSH login on 1 host: \r\n[^]*uid=1000\(ops\)/);
      nowhere(PASSWORD, [ended]);
    });

    it('are the same for sudo when nothing else is typed, as Ansible has it', async () => {
      await onHost("echo 'ops ALL=(ALL) ALL' >/etc/sudoers.d/ops");
      const ended = await typed(`${PASSWORD}\n\n`, '-k', '-K', '--become');
      assert.equal(ended.code, 0, ended.out);
      assert.match(ended.out, /\nPassword for \S+ on 1 host \(Enter: the same\): \r\n[^]*uid=0\(root\)/);
      nowhere(PASSWORD, [ended]);
    });

    it('are what the doctor logs in with, and becomes root', async () => {
      await onHost("echo 'ops ALL=(ALL) ALL' >/etc/sudoers.d/ops");
      const ended = await onTerminal(`${PASSWORD}\n\n`, 'doctor', 'all', '-i', 'inventory.yaml', '-k', '-K');
      assert.equal(ended.code, 0, ended.out);
      assert.match(ended.out, /ops, then root, debian 12/);
      nowhere(PASSWORD, [ended]);
    });
  });
});
