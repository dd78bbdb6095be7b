import {
  askedAfter,
  newMark,
  newNonce,
  noSuchUser,
  notRun,
  readyLine,
  readyShellOf,
  type Change,
  type Method,
} from './become.ts';
import { quote } from './quote.ts';

/**
 * Asks for the password of the other user, always, and on its own terms: `Password: `. What it prints is told from what start-up
 * files printed by a mark right before it. Where it asks nothing (pam_wheel with trust) nothing is said. Without a password it is
 * not started: it can't be told not to ask, and an open question counts as a failure.
 */
export const SU: Method = {
  name: 'su',
  start: ({ to }, program) => {
    const nonce = newNonce();
    const mark = newMark();
    const marks = `echo ${mark.trimEnd()}; echo ${mark.trimEnd()} >&2`;
    return {
      line: 'exec /bin/sh',
      mark,
      source: `${marks}; exec env LC_ALL=C ${program} -s /bin/sh -c ${quote(readyShellOf(to, nonce))} ${to}\n`,
      dialogue: {
        ready: readyLine(nonce),
        asked: askedAfter(mark),
        wrong: /^(?![^]*expired)[^]*(Authentication failure|incorrect password|Permission denied)/,
      },
    };
  },
  first: ({ password }) => (password ? { asks: true, terminal: false } : undefined),
  next: () => undefined,
  asksFor: ({ to }) => to,
  hint: (change) =>
    `Look at it on the host: faillock --user ${change.to}; ls -l /bin/su. Or log in as ${change.from} and try: ${byHand(change)}`,
  trial: byHand,
  causes: [
    ...notRun('su', 'Set ansible_become_method to sudo or doas, or log in as root.'),
    {
      words: /account has expired/,
      of: ({ to }) => ({
        message: `su does not serve ${to}: the account has expired`,
        hint: `Look at it on the host: chage -l ${to}`,
      }),
    },
    {
      words: /required to change your password|authentication token/i,
      of: ({ to }) => ({
        message: `su does not serve ${to}: its password has expired and must be changed first`,
        hint: `Change it on the host: passwd ${to}`,
      }),
    },
    {
      words: /restricted shell|not available/,
      of: ({ from, to }) => ({
        message: `${to} has no login shell, and su gives ${from} no other`,
        hint: `Become ${to} by sudo (ansible_become_method: sudo), or log in as root.`,
      }),
    },
    noSuchUser(/does not exist|unknown (user|id)|No passwd entry/),
    {
      // So says pam_wheel, and pam_faillock after a wrong password.
      words: /Permission denied|not authorized/,
      of: ({ from, to }) => ({
        message: `su did not take the password of ${to} to become ${to}, or lets ${from} become nobody: it says Permission denied`,
        hint: `Correct the password (ansible_become_password), or see pam_wheel in /etc/pam.d/su on the host: often only members of the group wheel may, or of root where there is none.`,
      }),
    },
    {
      words: /must be run from a terminal/,
      of: ({ from }) => ({
        message: `su there serves ${from} only on a terminal`,
        hint: 'Use sudo or doas there (ansible_become_method), or log in as root.',
      }),
    },
    {
      words: /must be suid|Cannot set groups|cannot set groups|Operation not permitted/,
      of: () => ({
        message: 'su there has no right to become anybody: it is not setuid root, or may not be',
        hint: 'Look at it on the host: ls -l /bin/su; findmnt -T /bin/su (nosuid); or log in as root.',
      }),
    },
  ],
};

function byHand({ to }: Change): string {
  return `su -s /bin/sh -c id ${to}`;
}
