import {
  askedAfter,
  newNonce,
  noSuchUser,
  notRun,
  QUIETLY,
  readyOnTerminal,
  readyShell,
  type Change,
  type Method,
} from './become.ts';
import { startOnTerminal } from './terminal.ts';

const ASKS = /Authentication required|Authorization required/i;

/**
 * First told not to ask. When it must, it asks on a terminal and nowhere else: `doas (ops@web01) password: `; its wait for the
 * answer is its own, so the answer is handed to that terminal, and the shell speaks with the channel.
 */
export const DOAS: Method = {
  name: 'doas',
  start: ({ to }, program, { asks }) => {
    const doas = `exec env LC_ALL=C ${program}`;
    if (!asks) return { line: `${doas} -n -u ${to} /bin/sh` };
    const nonce = newNonce();
    const start = startOnTerminal(`${doas} -u ${to} ${readyShell(nonce, 'terminal')}`, 'one answer');
    return {
      ...start,
      dialogue: {
        ready: readyOnTerminal(nonce),
        asked: askedAfter(start.mark),
        wrong: /Authentication failed|Authorization failed/i,
      },
    };
  },
  first: () => QUIETLY,
  next: (said, { asks }, password) =>
    !asks && password && ASKS.test(said) ? { asks: true, terminal: true } : undefined,
  asksFor: ({ from }) => from,
  hint: rule,
  trial: ({ to }) => `doas -u ${to} true`,
  causes: [
    {
      words: ASKS,
      of: ({ from, to }) => ({
        message: `doas asks ${from} for a password to become ${to}`,
        hint: 'Give it: ansible_become_password: !secret NAME in the inventory, or --ask-become-pass.',
      }),
    },
    {
      words: /script: /,
      of: (change) => ({
        message: 'doas asks for the password on a terminal, and the host has no program script that makes one',
        hint: `Install script (util-linux-misc on Alpine), or let it ask for none. ${rule(change)}`,
      }),
    },
    {
      words: /not enabled|syntax error|not owned by root|writable by group|permissions on/i,
      of: () => ({
        message: 'doas can not use its rules there: /etc/doas.conf is missing, wrong, or can be written by others',
        hint: 'See what is wrong, as root on the host: doas -C /etc/doas.conf; ls -l /etc/doas.conf',
      }),
    },
    {
      words: /not installed setuid|not setuid|Operation not permitted.*set/i,
      of: () => ({
        message: 'doas there has no right to become anybody: it is not setuid root',
        hint: 'Look at it on the host: ls -l $(command -v doas); or log in as root.',
      }),
    },
    {
      words: /Operation not permitted|not allowed/i,
      of: (change) => ({ message: `doas does not let ${change.from} become ${change.to}`, hint: rule(change) }),
    },
    noSuchUser(/unknown user/),
    ...notRun('doas', 'Install doas, set ansible_become_method to sudo or su, or log in as root.'),
  ],
};

function rule({ from, to }: Change): string {
  return `Add to the end of /etc/doas.conf: permit nopass ${from} as ${to}`;
}
