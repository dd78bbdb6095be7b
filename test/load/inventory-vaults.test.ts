import assert from 'node:assert/strict';
import type { InventoryRequest } from '../../src/load/inventory.ts';
import { openVaulted, VaultedSecret, withOpened } from '../../src/load/vaulted-secret.ts';
import { Secret } from '../../src/util/secret.ts';
import { loadFiles, type FakeFiles } from '../support/inventory-files.ts';
import { HUNTER2, INVENTORY, inYaml, LATIN, PASSWORD, UMLAUTS, VARIABLES } from './vaulted.ts';

const WITH_PASSWORD: Partial<InventoryRequest> = { vaultPasswords: [{ id: 'default', file: '/pw' }] };
const INLINE = `all:\n  vars:\n    ansible_become_password: ${inYaml(HUNTER2, '      ')}\n  hosts: { a: , b: }\n`;

describe('An inventory with vaults', () => {
  it('keeps a password closed until it is needed, and hidden then', async () => {
    const { inventory, diagnostics } = await load({ '/i.yml': INLINE }, { vaultPasswords: [] });
    assert.deepEqual(diagnostics, []);
    assert.deepEqual(
      inventory.hosts.map(({ problems }) => problems),
      [[], []],
    );
    const password = inventory.hosts[0]?.secrets.becomePassword;
    assert.ok(password instanceof VaultedSecret);
    assert.throws(() => password.reveal());
    assert.deepEqual(
      (await openVaulted([inventory.hosts])).map(({ code, message, at }) => [code, message, at.start.line]),
      [['E_VAULT', 'it is in a vault, and no password for it was given', 3]],
    );
  });

  it('says of a vault that holds no text what is wrong with it, instead of sending something else', async () => {
    const files = {
      '/i.yml': INLINE.replace(inYaml(HUNTER2, '      '), () => inYaml(LATIN, '      ')),
      '/pw': PASSWORD,
    };
    const { inventory } = await load(files, WITH_PASSWORD);
    assert.deepEqual(
      (await openVaulted([inventory.hosts])).map(({ code, message }) => `${code} ${message}`),
      ['E_VAULT what is in this vault is not UTF-8'],
    );
  });

  it('opens one vault once for all hosts that share it', async () => {
    const { inventory } = await load({ '/i.yml': INLINE, '/pw': `${PASSWORD}\n` }, WITH_PASSWORD);
    const [a, b] = inventory.hosts.map(({ secrets }) => secrets.becomePassword);
    assert.equal(a, b);
    assert.deepEqual(await openVaulted([{ deep: [a] }]), []);
    const plain = withOpened({ deep: [{ a }], other: 1 });
    assert.deepEqual(plain, { deep: [{ a: new Secret('hunter2') }], other: 1 });
    assert.ok(!(plain.deep[0]?.a instanceof VaultedSecret));
    assert.equal(a instanceof Secret && a.reveal(), 'hunter2');
    assert.doesNotMatch(JSON.stringify(inventory), /hunter2/);
  });

  it('reads a file that is a vault, and hides its texts and numbers', async () => {
    const files = {
      '/i/hosts': '[web]\nweb01 ansible_user="{{ vault_user }}" ansible_port="{{ vault_port }}"\n',
      '/i/group_vars/all/vault.yml': VARIABLES,
      '/pw': PASSWORD,
    };
    const { inventory, files: shown } = await load(files, { ...WITH_PASSWORD, sources: ['/i'] });
    const [host] = inventory.hosts;
    assert.deepEqual([host?.user, host?.port, host?.problems], ['deploy', 2222, []]);
    assert.ok(host?.vars['vault_user'] instanceof Secret);
    assert.doesNotMatch(JSON.stringify(host.vars), /deploy|2222|"a"/);
    assert.equal(host.vars['flag'], true);
    assert.deepEqual(
      shown.map(({ file }) => file),
      ['/i/hosts'],
    );
  });

  it('hides what it puts into options for ssh, and names no part of them that is wrong', async () => {
    const option = (text: string): string => `    ansible_ssh_common_args: ${text}\n`;
    const host = async (text: string) => {
      const vars = `    secret: ${inYaml(HUNTER2, '      ')}\n    user: "{{ secret }}"\n`;
      const files = { '/i.yml': `all:\n  vars:\n${vars}${text}  hosts: { a: }\n`, '/pw': PASSWORD };
      return (await load(files, WITH_PASSWORD)).inventory.hosts[0];
    };
    const proxy = await host(option(`-o ProxyCommand="sshpass -p {{ user }}{{ user }} nc %h %p"`));
    assert.deepEqual(proxy?.sshOptions, ['ProxyCommand=sshpass -p hunter2hunter2 nc %h %p']);
    assert.deepEqual(
      proxy.hidden?.map((secret) => secret.reveal()),
      ['hunter2', 'hunter2'],
    );
    assert.equal((await host(option('-o Compression=yes')))?.hidden, undefined);
    for (const wrong of [option('"{{ secret }}"'), '    ansible_become_flags: "{{ secret }}"\n']) {
      const problems = (await host(wrong))?.problems ?? [];
      assert.equal(problems.length, 1);
      assert.doesNotMatch(JSON.stringify(problems), /hunter2/);
    }
  });

  it('reads an inventory that is a vault', async () => {
    const { inventory } = await load({ '/hosts': INVENTORY, '/pw': PASSWORD }, WITH_PASSWORD);
    const password = inventory.hosts[0]?.secrets.loginPassword;
    assert.equal(password instanceof Secret && password.reveal(), 'hunter3');
  });

  it('makes a file that stays closed a problem of the hosts it is about, and of no others', async () => {
    const files = {
      '/i/hosts': '[web]\nweb01\n[db]\ndb01\n',
      '/i/group_vars/web': VARIABLES,
      '/pw': 'wrong',
    };
    const { inventory } = await load(files, { ...WITH_PASSWORD, sources: ['/i'] });
    assert.deepEqual(
      inventory.hosts.map(({ problems }) => problems.map(({ message, at }) => `${at.file} ${message}`)),
      [['/i/group_vars/web it is in a vault with the id prod that no given password opens; tried /pw'], []],
    );
  });

  it('says of an address in a vault that it stays closed where it is needed at once', async () => {
    const text = `all:\n  hosts:\n    a:\n      ansible_host: ${inYaml(HUNTER2, '        ')}\n`;
    const closed = await load({ '/i.yml': text }, {});
    assert.deepEqual(
      closed.inventory.hosts[0]?.problems.map(({ code }) => code),
      ['E_VAULT'],
    );
    const opened = await load({ '/i.yml': text, '/pw': PASSWORD }, WITH_PASSWORD);
    assert.equal(opened.inventory.hosts[0]?.address, 'hunter2');
  });

  it('puts what is in a vault and what is around it together', async () => {
    const vars = `    ansible_password: "x-{{ word }}"\n    ansible_host: "{{ word }}.example.com"\n    word: ${inYaml(HUNTER2, '      ')}\n`;
    const files = { '/i.yml': `all:\n  hosts: { a: }\n  vars:\n${vars}`, '/pw': PASSWORD };
    const { inventory } = await load(files, WITH_PASSWORD);
    const [host] = inventory.hosts;
    assert.equal(host?.address, 'hunter2.example.com');
    assert.deepEqual(await openVaulted([host.secrets]), []);
    assert.equal(host.secrets.loginPassword instanceof Secret && host.secrets.loginPassword.reveal(), 'x-hunter2');
  });

  it('tries the password of the id first, and asks a client program for it by that id', async () => {
    const asked: string[] = [];
    const ask = (...args: readonly string[]): string => {
      asked.push(args.join(' '));
      return 'other\n';
    };
    const text = `all:\n  vars:\n    ansible_password: ${inYaml(UMLAUTS, '      ')}\n  hosts: { a: }\n`;
    const vaultPasswords = [
      { id: 'prod', file: '/pw' },
      { id: 'dev', file: '/keys-client.sh' },
    ];
    const { inventory } = await load({ '/i.yml': text, '/keys-client.sh': ask }, { vaultPasswords });
    assert.deepEqual(await openVaulted(inventory.hosts), []);
    assert.deepEqual(asked, ['--vault-id dev']);
  });

  it('says which file with a password cannot be read, or is empty', async () => {
    const missing = await load({ '/i.yml': INLINE }, WITH_PASSWORD);
    const [first] = await openVaulted(missing.inventory.hosts);
    assert.equal(first?.message, 'the password of a vault, /pw: there is no such file');
    const empty = await load({ '/i.yml': INLINE, '/pw': '\n' }, WITH_PASSWORD);
    const [second] = await openVaulted(empty.inventory.hosts);
    assert.equal(second?.message, 'the password of a vault is empty: /pw');
  });
});

async function load(files: FakeFiles, request: Partial<InventoryRequest>) {
  const { inventory, ...loaded } = await loadFiles(files, request);
  assert.ok(inventory !== undefined, loaded.diagnostics[0]?.message);
  return { inventory, ...loaded };
}
