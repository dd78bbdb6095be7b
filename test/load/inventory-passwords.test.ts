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

  const wrong: readonly (readonly [what: string, vars: string, expected: string])[] = [
    ['a number', 'ansible_become_pass: 271828', 'E_TYPE ansible_become_pass must be a text'],
    ['a list', 'ansible_become_pass: [hunter2]', 'E_TYPE ansible_become_pass must be a text'],
    ['nothing', 'ansible_become_password: ', 'E_TYPE ansible_become_password is empty'],
    [
      'a Jinja template',
      'ansible_become_pass: "{{ vault_hunter2 }}"',
      'E_TEMPLATE ansible_become_pass holds a Jinja template, which is not evaluated',
    ],
    [
      'two names of it',
      'ansible_become_pass: hunter2, ansible_become_password: hunter2',
      'E_DUPHOST ansible_become_password and ansible_become_pass mean the same, and this host has both',
    ],
    ['the password of SSH', 'ansible_ssh_pass: hunter2', 'E_UNSUPPORTED ansible_ssh_pass is not supported'],
    ['the name that Ansible gave up', 'ansible_sudo_pass: hunter2', 'E_UNSUPPORTED ansible_sudo_pass is not supported'],
  ];
  for (const [what, vars, expected] of wrong) {
    it(`refuses ${what}, and repeats no password`, async () => {
      const { inventory, diagnostics } = await loadText(`all: { hosts: { a: { ${vars} } } }`);
      assert.equal(inventory, undefined);
      assert.deepEqual(
        diagnostics.filter(({ severity }) => severity === 'error').map(({ code, message }) => `${code} ${message}`),
        [expected],
      );
      assert.doesNotMatch(JSON.stringify(diagnostics), /hunter2|271828/);
    });
  }
});
