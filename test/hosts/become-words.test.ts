import assert from 'node:assert/strict';
import { becomeRig, OPS, ROOT, type Attempt } from './become-rig.ts';

describe('a host where nobody else is become', function () {
  this.timeout(30_000);
  const { on, sudoers, doasRules, refusal } = becomeRig('become02');

  const refusals: readonly (readonly [
    string,
    Attempt,
    RegExp,
    { sudoers?: string; doas?: string; on?: string; off?: string }?,
  ])[] = [
    [
      'su without a password',
      { method: 'su' },
      /su asks for the password of root to become root \| .*ansible_become_password/,
    ],
    [
      'doas without a password',
      { method: 'doas' },
      /doas asks ops for a password to become root \| .*--ask-become-pass/,
    ],
    ['su to nobody', { method: 'su', become: 'nosuch', password: 'x' }, /there is no user nosuch/],
    ['doas to nobody', { method: 'doas', become: 'nosuch', password: OPS }, /there is no user nosuch/],
    [
      'su to a user without a shell',
      { method: 'su', become: 'www-data', password: "www's word" },
      /www-data has no login shell, and su gives ops no other \| .*ansible_become_method: sudo/,
    ],
    [
      'su to an expired account',
      { method: 'su', become: 'old', password: "old's word" },
      /su does not serve old: the account has expired \| .*chage -l old/,
    ],
    [
      'su that pam_wheel forbids',
      { method: 'su', password: ROOT },
      /lets ops become nobody: it says Permission denied \| .*pam_wheel/,
      { on: "sed -i '1i auth required pam_wheel.so' /etc/pam.d/su", off: "sed -i '/pam_wheel.so$/d' /etc/pam.d/su" },
    ],
    [
      'doas with another rule only',
      { method: 'doas', password: OPS },
      /doas does not let ops become root \| Add to the end of \/etc\/doas.conf: permit nopass ops as root/,
      { doas: 'permit nopass ops as root cmd /usr/bin/id' },
    ],
    ['doas with a wrong file', { method: 'doas' }, /can not use its rules .*doas -C/, { doas: 'permitt' }],
    ['doas without a file', { method: 'doas' }, /can not use its rules/, { on: 'rm /etc/doas.conf' }],
    [
      'doas that is not there',
      { method: 'doas' },
      /doas is not installed \| Install doas/,
      { on: 'mv /usr/bin/doas /usr/bin/doas.away', off: 'mv /usr/bin/doas.away /usr/bin/doas' },
    ],
    [
      'doas where no terminal can be made',
      { method: 'doas', password: OPS },
      /doas asks for the password on a terminal, and the host has no program script/,
      { on: 'mv /usr/bin/script /usr/bin/script.away', off: 'mv /usr/bin/script.away /usr/bin/script' },
    ],
    [
      'sudo where no terminal can be made',
      { password: OPS },
      /sudo wants a terminal \(requiretty in sudoers\), and the host has no program script.*!requiretty/,
      {
        sudoers: 'Defaults:ops requiretty',
        on: 'mv /usr/bin/script /usr/bin/script.away',
        off: 'mv /usr/bin/script.away /usr/bin/script',
      },
    ],
    [
      'sudo with some commands only',
      {},
      /sudo lets ops run only \/usr\/bin\/systemctl restart apache2, \/usr\/bin\/journalctl as root, not \/bin\/sh \| .*ops ALL=\(root\) NOPASSWD: \/bin\/sh/,
      { sudoers: 'ops ALL=(root) NOPASSWD: /usr/bin/systemctl restart apache2, /usr/bin/journalctl' },
    ],
    [
      'sudo to other users only',
      {},
      /sudo lets ops become only www-data, not root/,
      { sudoers: 'ops ALL=(www-data) NOPASSWD: ALL' },
    ],
    [
      'sudo that asks for another password',
      { password: OPS },
      /sudo did not take the password of root .*targetpw/,
      { sudoers: 'ops ALL=(ALL) ALL\nDefaults:ops rootpw' },
    ],
    [
      'sudo for who must change the password',
      { password: OPS, withinMs: 3000 },
      /sudo does not serve ops: the account or its password has expired.* \| .*chage -l ops/,
      { on: 'chage -d 0 ops', off: 'chage -d "$(date +%F)" ops' },
    ],
    ['sudo with noexec', {}, /start no other program \(noexec/, { sudoers: 'ops ALL=(ALL) NOPASSWD:NOEXEC: ALL' }],
    [
      'sudo that is not setuid',
      {},
      /sudo there has no right to become anybody/,
      { on: 'chmod 755 /usr/bin/sudo', off: 'chmod 4755 /usr/bin/sudo' },
    ],
    [
      'sudo with broken rules',
      {},
      /sudo can not read its rules there \| .*visudo -c/,
      { on: 'chmod 666 /etc/sudoers', off: 'chmod 440 /etc/sudoers' },
    ],
  ];
  for (const [name, way, words, { sudoers: rules, doas, on: prepare, off } = {}] of refusals)
    it(`says why there is no ${name}`, async () => {
      if (rules !== undefined) await sudoers(...rules.split('\n'));
      if (doas !== undefined) await doasRules(doas);
      if (prepare !== undefined) await on(prepare);
      try {
        assert.match(await refusal(way), words);
      } finally {
        if (off !== undefined) await on(off);
      }
    });
});
