import type { ErrorInfo } from '../../model/error.ts';
import { printableLine } from '../../util/printable.ts';
import type { ShellSession } from './session.ts';

/** Who was to be what. */
export interface Change {
  readonly from: string;
  readonly to: string;
}

/** Why there is no shell, from what was said instead. */
export function loginRefused(session: ShellSession, user: string): ErrorInfo {
  const said = printableLine(session.stray).slice(0, 500);
  if (session.flooded)
    return {
      code: 'shell-unusable',
      message: `more than 64 kB came before the shell's first answer; it begins: ${said.slice(0, 80)}`,
      hint: `Look at what the login shell of ${user} prints when it has no terminal.`,
    };
  return {
    code: 'shell-unusable',
    message: `the login shell of ${user} does not start /bin/sh${said === '' ? '' : `; it says: ${said}`}`,
    hint: `Give ${user} a usual login shell (chsh), or log in as another user.`,
  };
}

/** sudo was asked in the C locale, so its words are its own. `prompt` is no word of it. */
export function sudoFailed(session: ShellSession, { from, to }: Change, prompt: string): ErrorInfo {
  if (session.flooded) return loginRefused(session, from);
  const said = printableLine(session.stray.replaceAll(prompt, '')).slice(0, 500);
  const cause = CAUSES.find(({ words }) => words.test(said));
  if (cause !== undefined) return { code: 'become', ...cause.of({ from, to }) };
  return {
    code: 'become',
    message: `${from} could not become ${to}${said === '' ? '' : `: ${said}`}`,
    hint: ruleWithoutPassword({ from, to }),
  };
}

export function passwordRefused({ from, to }: Change): ErrorInfo {
  return {
    code: 'become',
    message: `sudo did not take the password of ${from} to become ${to}: it asked again`,
    hint: `Correct the password (ansible_become_password, or what was typed). A sudo that wants more than a password, such as a second factor, can't be served.`,
  };
}

export function passwordWithheld({ from, to }: Change, refusedBy: string): ErrorInfo {
  return {
    code: 'become',
    message: `${from} did not become ${to}: ${refusedBy} refused this password, so it was not tried here`,
    hint: `Correct the password, or give each host its own: ansible_become_password: !secret NAME. Each wrong one may lock the account.`,
  };
}

interface Cause {
  readonly words: RegExp;
  readonly of: (change: Change) => { readonly message: string; readonly hint: string };
}

const CAUSES: readonly Cause[] = [
  {
    words: /password is required|no password was provided|terminal is required/,
    of: ({ from, to }) => ({
      message: `sudo asks ${from} for a password to become ${to}`,
      hint: `Give it: ansible_become_password: !secret NAME in the inventory, or --ask-become-pass.`,
    }),
  },
  {
    words: /not in the sudoers|may not run sudo|not allowed to/,
    of: (change) => ({
      message: `sudo does not let ${change.from} become ${change.to}`,
      hint: ruleWithoutPassword(change),
    }),
  },
  {
    words: /unknown user|does not exist/,
    of: ({ to }) => ({ message: `there is no user ${to}`, hint: 'Correct become.' }),
  },
  {
    words: /must have a tty/,
    of: ({ from }) => ({
      message: 'sudo wants a terminal (requiretty in sudoers)',
      hint: `Add to /etc/sudoers.d with visudo: Defaults:${from} !requiretty`,
    }),
  },
  {
    words: /unable to allocate pty/,
    of: ({ from }) => ({
      message: 'sudo could not make a terminal for the shell (use_pty in sudoers)',
      hint: `Mount /dev/pts there, or add to /etc/sudoers.d with visudo: Defaults:${from} !use_pty`,
    }),
  },
  {
    words: /account (has )?expired|account validation failure|PAM account management|password expired/i,
    of: ({ from }) => ({
      message: `sudo does not serve ${from}: the account or its password has expired, or is locked`,
      hint: `Look at it on the host: chage -l ${from}; passwd -S ${from}`,
    }),
  },
  {
    words: /sudo.*(not found|No such file)/,
    of: () => ({ message: 'sudo is not installed', hint: 'Install sudo, or log in as root.' }),
  },
];

function ruleWithoutPassword({ from, to }: Change): string {
  const rule = `${from} ALL=(${to === 'root' ? 'ALL' : to}) NOPASSWD: ALL`;
  return `Add to /etc/sudoers.d with visudo: ${rule} - or log in as root.`;
}
