import {
  newNonce,
  NO_QUESTION,
  noSuchUser,
  notRun,
  readyLine,
  readyShell,
  type Change,
  type Method,
} from './become.ts';
import { startOnTerminal } from './terminal.ts';

/** `%p`, the user whose password is wanted, and a `%` that sudo makes of two: no command that is printed has what is waited for. */
const question = (nonce: string): string => `runbook%%${nonce}:%p:`;
const asked = (nonce: string) => new RegExp(`runbook%${nonce}:[^:\\n]*:`, 'g');

const WANTS_TERMINAL = /must have a tty/;
const WANTS_PASSWORD =
  /password is required|no password was provided|terminal is required|interactive authentication is required/;

/** Asked in the C locale, in which its words are known. Without a password it is told not to ask. */
export const SUDO: Method = {
  name: 'sudo',
  start: ({ to }, program, { asks, terminal }) => {
    const nonce = newNonce();
    const given = asks ? `-S -p ${question(nonce)}` : '-n';
    const sudo = `exec env LC_ALL=C ${program} ${given} -H -u ${to}`;
    // That it may start a second program shows whether it may start any (noexec in sudoers).
    if (!asks && !terminal) return { line: `${sudo} /bin/sh -c exec\\ /bin/sh` };
    const dialogue = {
      ready: readyLine(nonce),
      asked: asks ? (said: string) => lastEnd(said, asked(nonce)) : NO_QUESTION,
      wrong: /incorrect (password|authentication) attempt/,
    };
    const command = `${sudo} ${readyShell(nonce)}`;
    return terminal ? { ...startOnTerminal(command, 'no answer'), dialogue } : { line: command, dialogue };
  },
  first: ({ password, free }) => ({ asks: password && free, terminal: false }),
  next: (said, way, password) => {
    if (!way.terminal && WANTS_TERMINAL.test(said)) return { ...way, terminal: true };
    return !way.asks && password && WANTS_PASSWORD.test(said) ? { ...way, asks: true } : undefined;
  },
  asksFor: ({ from }, said) => said.match(/runbook%[0-9a-f]{32}:([^:\n]*):/)?.[1] ?? from,
  hint: ruleWithoutPassword,
  trial: ({ to }) => `sudo -u ${to} true`,
  causes: [
    {
      words: WANTS_PASSWORD,
      of: ({ from, to }) => ({
        message: `sudo asks ${from} for a password to become ${to}`,
        hint: 'Give it: ansible_become_password: !secret NAME in the inventory, or --ask-become-pass.',
      }),
    },
    {
      words: /not in the sudoers|may not run sudo|not allowed to|I'm afraid I can't do that/,
      of: (change) => ({
        message: `sudo does not let ${change.from} become ${change.to}`,
        hint: ruleWithoutPassword(change),
      }),
    },
    noSuchUser(/unknown user|does not exist|user '[^']*' not found/),
    {
      words: /script: not found/,
      of: ({ from }) => ({
        message: 'sudo wants a terminal (requiretty in sudoers), and the host has no program script that makes one',
        hint: `Install script (util-linux or bsdutils), or add to /etc/sudoers.d with visudo: Defaults:${from} !requiretty`,
      }),
    },
    {
      words: /must have a tty|script: /,
      of: ({ from }) => ({
        message: 'sudo wants a terminal (requiretty in sudoers), and none could be made',
        hint: `Mount /dev/pts there, or add to /etc/sudoers.d with visudo: Defaults:${from} !requiretty`,
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
      words: /(account|password)( has| is)? expired|account validation failure|PAM account management/i,
      of: ({ from }) => ({
        message: `sudo does not serve ${from}: the account or its password has expired, or is locked`,
        hint: `Look at it on the host: chage -l ${from}; passwd -S ${from}`,
      }),
    },
    {
      words: /exec: (\S+: )?Permission denied|\/bin\/sh: Permission denied/,
      of: ({ from }) => ({
        message: 'sudo lets the shell start no other program (noexec in sudoers)',
        hint: `Add to /etc/sudoers.d with visudo: Defaults:${from} !noexec - and give the rule no NOEXEC.`,
      }),
    },
    {
      words: /must be owned by uid 0|effective uid is not 0|no new privileges/,
      of: () => ({
        message: 'sudo there has no right to become anybody: it is not setuid root, or may not be',
        hint: 'Look at it on the host: ls -l /usr/bin/sudo; findmnt -T /usr/bin/sudo (nosuid); or log in as root.',
      }),
    },
    {
      words: /syntax error|parse error|no valid sudoers|is world writable|should be 0?440/,
      of: () => ({
        message: 'sudo can not read its rules there',
        hint: 'See which file and line is wrong, as root: visudo -c',
      }),
    },
    ...notRun('sudo', 'Install sudo, set ansible_become_method to su or doas, or log in as root.'),
  ],
};

function lastEnd(said: string, question: RegExp): number {
  const last = [...said.matchAll(question)].at(-1);
  return last === undefined ? -1 : last.index + last[0].length;
}

function ruleWithoutPassword({ from, to }: Change): string {
  const rule = `${from} ALL=(${to === 'root' ? 'ALL' : to}) NOPASSWD: ALL`;
  return `Add to /etc/sudoers.d with visudo: ${rule} - or log in as root.`;
}
