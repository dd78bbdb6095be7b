import assert from 'node:assert/strict';
import { SecretName } from '../../src/model/scalar-literal.ts';
import { Secret } from '../../src/util/secret.ts';
import { loadFiles, loadText } from '../support/inventory-files.ts';

describe('An inventory with passwords for sudo', () => {
  const passwordOf = async (text: string): Promise<unknown> => {
    const { inventory } = await loadText(text);
    const password = inventory?.hosts[0]?.secrets.becomePassword;
    return password instanceof Secret ? password.reveal() : password;
  };

  it("takes the name of a secret under both of Ansible's names, and no variable of it", async () => {
    for (const name of ['ansible_become_password', 'ansible_become_pass']) {
      const host = (await loadText(`all: { vars: { ${name}: !secret sudo }, hosts: { a: } }`)).inventory?.hosts[0];
      assert.deepEqual(host?.secrets.becomePassword, new SecretName('sudo'));
      assert.deepEqual(host.vars, {});
    }
  });

  it('lets that of a host win over that of its group', async () => {
    const text = 'all: { vars: { ansible_become_pass: of all }, hosts: { a: { ansible_become_pass: of a } } }';
    assert.equal(await passwordOf(text), 'of a');
    assert.equal(
      await passwordOf("all: { vars: { ansible_become_pass: of all }, hosts: { a: { ansible_become_pass: '' } } }"),
      undefined,
    );
    assert.equal(await passwordOf('all: { vars: { ansible_become_pass: "of\\tall" }, hosts: { a: } }'), 'of\tall');
  });

  it('takes it in clear text, warns of that once, and shows it nowhere', async () => {
    const text = [
      'all:',
      '  vars: { ansible_become_pass: hunter2 }',
      '  hosts:',
      '    a: { ansible_become_pass: hunter3 }',
      '    b: { ansible_become_pass: hunter4 }',
      '    c:',
    ].join('\n');
    const { inventory, diagnostics } = await loadText(text);
    assert.deepEqual(
      diagnostics.map(({ severity, code, message, at }) => [severity, code, message, at.start.line]),
      [
        [
          'warning',
          'W_PLAINTEXT_SECRET',
          'clear-text passwords: 3, the first one here; whoever reads this file has it',
          2,
        ],
      ],
    );
    assert.doesNotMatch(JSON.stringify([inventory, diagnostics]), /hunter/);
  });

  it('gives no inventory with one in clear text where the configuration refuses that', async () => {
    const vars = 'ansible_ssh_pass: hunter2\n';
    const files = { '/i/hosts': 'a\nb\n', '/i/host_vars/a': vars, '/i/host_vars/b': 'ansible_ssh_pass: !secret b\n' };
    const request = { sources: ['/i/hosts'], clearTextPasswords: 'refuse' } as const;
    const { inventory, diagnostics } = await loadFiles(files, request);
    assert.equal(inventory, undefined);
    assert.deepEqual(
      diagnostics.map(({ severity, code, message, at }) => [severity, code, message, at.file]),
      [['error', 'E_PLAINTEXT_SECRET', 'a clear-text password; the configuration refuses that', '/i/host_vars/a']],
    );
    const { '/i/host_vars/a': _clear, ...others } = files;
    assert.equal((await loadFiles(others, request)).inventory?.hosts.length, 2);
  });

  it('warns once of all files that have one in clear text', async () => {
    const vars = 'ansible_ssh_pass: hunter2\n';
    const { diagnostics } = await loadFiles(
      { '/i/hosts': 'a\nb\n', '/i/host_vars/a': vars, '/i/host_vars/b': vars },
      { sources: ['/i/hosts'] },
    );
    assert.deepEqual(
      diagnostics.map(({ message, at }) => [message, at.file]),
      [
        [
          'clear-text passwords: 2 in 2 files, the first one here; whoever reads these files has them',
          '/i/host_vars/a',
        ],
      ],
    );
  });

  it('is among the variables by the name that was written, a template that names another variable as it is', async () => {
    const { inventory } = await loadText(
      'all: { hosts: { a: { ansible_ssh_pass: hunter2, ansible_become_pass: "{{ vault_sudo }}", ansible_su_pass: "x{{ y }}" } } }',
    );
    const { ansible_ssh_pass, ansible_su_pass, ...others } = inventory?.variables('a') ?? {};
    assert.ok(ansible_ssh_pass instanceof Secret && ansible_ssh_pass.reveal() === 'hunter2');
    assert.ok(ansible_su_pass instanceof Secret && ansible_su_pass.reveal() === 'x{{ y }}');
    assert.deepEqual(others, { ansible_become_pass: '{{ vault_sudo }}' });
  });

  it('takes all names that Ansible has, with its precedence', async () => {
    const secretsOf = async (vars: string) => {
      const secrets = (await loadText(`all: { hosts: { a: { ${vars} } } }`)).inventory?.hosts[0]?.secrets ?? {};
      return Object.fromEntries(
        Object.entries(secrets).map(([use, secret]) => [use, secret instanceof Secret ? secret.reveal() : secret]),
      );
    };
    assert.deepEqual(await secretsOf('ansible_password: a, ansible_ssh_pass: b'), { loginPassword: 'b' });
    assert.deepEqual(await secretsOf('ansible_ssh_pass: b, ansible_ssh_password: c'), { loginPassword: 'c' });
    assert.deepEqual(await secretsOf('ansible_become_password: a, ansible_become_pass: b'), { becomePassword: 'b' });
    assert.deepEqual(await secretsOf('ansible_become_pass: b, ansible_sudo_pass: c'), { becomePassword: 'c' });
    assert.deepEqual(await secretsOf('ansible_become_method: su, ansible_su_pass: s, ansible_sudo_pass: c'), {
      becomePassword: 's',
    });
    assert.deepEqual(await secretsOf('ansible_ssh_private_key_passphrase: 1234'), { keyPassphrase: '1234' });
    assert.deepEqual(await secretsOf('ansible_become_pass: "{{ sudo_of_all }}", sudo_of_all: !secret s'), {
      becomePassword: new SecretName('s'),
    });
    assert.deepEqual(await secretsOf('ansible_become_pass: !unsafe "a{{b"'), { becomePassword: 'a{{b' });
  });

  const wrong: readonly (readonly [what: string, vars: string, expected: string])[] = [
    ['a number that is read otherwise', 'ansible_become_pass: 0123', 'E_TYPE ansible_become_pass must be a text'],
    ['a list', 'ansible_become_pass: [hunter2]', 'E_TYPE ansible_become_pass must be a text'],
    [
      'an expression',
      `ansible_password: "{{ lookup('env', 'X') }}"`,
      "E_TEMPLATE ansible_password holds an expression of Jinja, which is not evaluated here: lookup('env', 'X')",
    ],
  ];
  for (const [what, vars, expected] of wrong) {
    it(`says that ${what} is no password, and repeats it not`, async () => {
      const { inventory } = await loadText(`all: { hosts: { a: { ${vars} } } }`);
      const [host] = inventory?.hosts ?? [];
      assert.deepEqual(
        host?.problems.map(({ code, message }) => `${code} ${message}`),
        [expected],
      );
      assert.deepEqual(host.secrets, {});
      assert.doesNotMatch(JSON.stringify(inventory), /hunter2|0123/);
    });
  }
});
