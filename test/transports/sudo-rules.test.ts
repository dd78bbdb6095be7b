import assert from 'node:assert/strict';
import { rulesOf } from '../../src/transports/shell/sudo-rules.ts';

/** As sudo 1.9.13 prints it. */
const LIST = `Matching Defaults entries for ops on web01:
    env_reset, mail_badpass, secure_path=/usr/local/sbin\\:/usr/local/bin, use_pty

User ops may run the following commands on web01:
    (root) NOPASSWD: /usr/bin/systemctl restart apache2, /usr/bin/systemctl status *, /usr/bin/journalctl
    (www-data, bob) ALL
    (ALL : adm) SETENV: NOPASSWD: /usr/bin/foo, sudoedit /etc/hosts, !/bin/sh
    (root) CWD=/tmp NOPASSWD: /usr/bin/id
`;

describe('what sudo lists', () => {
  it('is read rule by rule: as whom, and what', () => {
    assert.deepEqual(
      rulesOf(LIST).map(({ users, command }) => `${users.join('+')} ${command}`),
      [
        'root /usr/bin/systemctl restart apache2',
        'root /usr/bin/systemctl status *',
        'root /usr/bin/journalctl',
        'www-data+bob ALL',
        'ALL /usr/bin/foo',
        'ALL sudoedit /etc/hosts',
        'ALL !/bin/sh',
        'root /usr/bin/id',
      ],
    );
  });

  it('is nothing where no rules are told', () => {
    for (const text of ['', 'sudo: a password is required\n', LIST.slice(0, 100), '    (root) ALL\n'])
      assert.deepEqual(rulesOf(text), []);
  });
});
