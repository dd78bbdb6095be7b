import assert from 'node:assert/strict';
import { loadAnsibleCfg } from '../../src/load/ansible-cfg.ts';

const WORDS = { home: '/home/me', directory: '/srv/site', environment: { KEYS: '/keys' } };

describe('loadAnsibleCfg', () => {
  it('takes what decides which hosts there are and how they are reached', () => {
    const { cfg, diagnostics } = load(
      [
        '; site',
        '[defaults]',
        'inventory = hosts, inventories/more,~/own',
        'remote_user: ops ; not root',
        'Remote_Port=2222',
        'private_key_file = ${KEYS}/id',
        'transport = ssh',
        'timeout = 10',
        'forks = 50',
        'vault_password_file = ~/.vault',
        "vault_identity_list = dev@{{CWD}}/dev, 'prod@/keys/prod'",
        'host_key_checking = True',
        '[ssh_connection]',
        'ssh_args = -o ControlMaster=auto',
        '    -o ControlPersist=60s',
        '# ssh_common_args = -J bastion',
        'ssh_extra_args = "-o Compression=yes"',
        'timeout = 20',
        '[privilege_escalation]',
        'become_method = doas',
        '',
      ].join('\n'),
    );
    assert.deepEqual(diagnostics, []);
    assert.deepEqual(cfg?.inventory, ['/srv/site/hosts', '/srv/site/inventories/more', '/home/me/own']);
    assert.deepEqual(
      cfg.defaults.map(({ variable, value, at }) => [variable, value, at.start.line]),
      [
        ['ansible_user', 'ops', 4],
        ['ansible_port', '2222', 5],
        ['ansible_ssh_private_key_file', '/keys/id', 6],
        ['ansible_connection', 'ssh', 7],
        ['ansible_ssh_timeout', '20', 18],
        ['ansible_ssh_args', '-o ControlMaster=auto\n-o ControlPersist=60s', 14],
        ['ansible_ssh_extra_args', '-o Compression=yes', 17],
        ['ansible_become_method', 'doas', 20],
      ],
    );
    assert.deepEqual(cfg.vaultPasswords, [
      { id: 'dev', file: '/srv/site/dev' },
      { id: 'prod', file: '/keys/prod' },
      { id: 'default', file: '/home/me/.vault' },
    ]);
  });

  it('has nothing where nothing is said', () => {
    const { cfg } = load('[defaults]\nremote_user =\n[colors]\nok = green\n');
    assert.deepEqual(cfg, { file: '/srv/site/ansible.cfg', inventory: [], defaults: [], vaultPasswords: [] });
  });

  const warned: readonly (readonly [text: string, message: RegExp])[] = [
    ['[defaults]\nhost_key_checking = False\n', /^not followed: host_key_checking off; host keys are always checked$/],
    ['[ssh_connection]\nhost_key_checking = no\n', /^not followed: host_key_checking off;/],
    [
      '[ssh_connection]\nssh_args = -o StrictHostKeyChecking=no -C\n',
      /^not followed: StrictHostKeyChecking=no in ssh_args;/,
    ],
    ['[defaults]\nvault_identity_list = dev@prompt\n', /^the password of the vault id dev is not asked for$/],
  ];
  for (const [text, message] of warned) {
    it(`warns and goes on for ${JSON.stringify(text)}`, () => {
      const { cfg, diagnostics } = load(text);
      assert.notEqual(cfg, undefined);
      assert.equal(diagnostics.length, 1);
      assert.match(diagnostics[0]?.message ?? '', message);
      assert.equal(diagnostics[0]?.at.start.line, 2);
    });
  }

  const refused: readonly (readonly [text: string, where: string])[] = [
    ['remote_user = ops\n', '1:1 E_SYNTAX'],
    ['[defaults]\n  remote_user\n', '2:3 E_SYNTAX'],
    ['[defaults]\nremote_user = a\nREMOTE_USER = b\n', '3:1 E_DUPKEY'],
    ['[defaults]\n[other]\n[defaults]\n', '3:1 E_DUPKEY'],
  ];
  for (const [text, where] of refused) {
    it(`refuses ${JSON.stringify(text)}, which Ansible does not start with either`, () => {
      const { cfg, diagnostics } = load(text);
      assert.equal(cfg, undefined);
      assert.deepEqual(
        diagnostics.map(({ at, code }) => `${at.start.line}:${at.start.column} ${code}`),
        [where],
      );
    });
  }
});

const load = (text: string) => loadAnsibleCfg({ file: '/srv/site/ansible.cfg', text }, WORDS);
