import assert from 'node:assert/strict';
import { SecretName } from '../../src/model/scalar-literal.ts';
import { Secret } from '../../src/util/secret.ts';
import { loadText } from '../support/inventory-files.ts';

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
    assert.equal(await passwordOf('all: { vars: { ansible_become_pass: "of\\tall" }, hosts: { a: } }'), 'of\tall');
  });

  it('takes it in clear text, warns of that once a file, and shows it nowhere', async () => {
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
    ['nothing', 'ansible_become_password: ""', 'E_TYPE ansible_become_password is empty'],
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
