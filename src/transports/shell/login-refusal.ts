import type { ErrorInfo } from '../../model/error.ts';
import { printableLine } from '../../util/printable.ts';
import { unreachable } from '../../util/unreachable.ts';
import type { Unfit } from './greeting.ts';
import type { ShellSession } from './session.ts';

/** Why no shell came of a login, from what was said instead. */
export function loginRefused(session: ShellSession, user: string): ErrorInfo {
  return refusedByLogin(session, user) ?? unusable(startsNoShell(user, saidBy(session)), whereToLook(user));
}

/** Only what surely is the doing of the login, whatever was to follow: `undefined` when it is not known to be. */
export function refusedByLogin(session: ShellSession, user: string): ErrorInfo | undefined {
  const said = saidBy(session);
  if (session.echoes)
    return unusable(
      `what sshd starts for ${user} repeats what it is told: it is a terminal or a program such as cat, and no shell`,
      whereToLook(user),
    );
  if (session.flooded)
    return unusable(
      `more than 64 kB came before the shell's first answer; it begins: ${said.slice(0, 80)}`,
      `Look at what the login shell of ${user} prints when it has no terminal.`,
    );
  const cause = CAUSES.find(({ words }) => words.test(said));
  return cause === undefined ? undefined : unusable(cause.message(user, said), cause.hint(user));
}

/** A shell that is there, and can't be worked with. */
export function unfitShell(unfit: Unfit, user: string): ErrorInfo {
  switch (unfit) {
    case 'told-in-part':
      return unusable(
        `a start-up file of ${user} reads what was meant for the shell`,
        `Let it ask only where somebody can answer: [ -t 0 ] before read, in .bashrc, .zshenv, .cshrc or config.fish of ${user}.`,
      );
    case 'ignores-term':
      return unusable(
        `a start-up file of ${user} lets all that it starts ignore SIGTERM, so that no step could be ended in order`,
        `Look for trap '' TERM in the start-up files of ${user}.`,
      );
    case 'few-files':
      return unusable(fewFiles(user), raiseFiles(user));
    case 'ksh':
      return unusable(
        '/bin/sh of the host is a Korn shell, by which nothing can be locked: it closes the descriptors of what it starts',
        'Let /bin/sh be dash, bash or BusyBox there. A Korn shell as the login shell is well.',
      );
    default:
      return unreachable(unfit);
  }
}

/** No answer came in time. Without a session there was not even a channel. */
export function loginSilent(session: ShellSession | undefined, user: string, seconds: string): ErrorInfo {
  const known = session && refusedByLogin(session, user);
  if (known !== undefined) return known;
  const said = session === undefined ? '' : saidBy(session);
  const last = said === '' ? '' : `; it says: ${said}`;
  return session?.answers === true
    ? unusable(
        `the login shell of ${user} began to answer and did not end within ${seconds}${last}`,
        `A start-up file of ${user} may send stderr elsewhere (exec 2>...), or the host hangs.`,
      )
    : unusable(
        `the login shell of ${user} did not answer within ${seconds}${last}`,
        `A start-up file of ${user} may wait for input, or send its output elsewhere. Log in and see what it does without a terminal.`,
      );
}

interface Cause {
  readonly words: RegExp;
  readonly message: (user: string, said: string) => string;
  readonly hint: (user: string) => string;
}

const CAUSES: readonly Cause[] = [
  {
    // What dash says when it has no number left for the copy of a descriptor.
    words: /Too many open files|\/bin\/sh: \d+: \d+: Invalid argument/,
    message: (user, said) => `${fewFiles(user)}; it says: ${said}`,
    hint: raiseFiles,
  },
  {
    words: /\/bin\/sh: .*syntax error/,
    message: (_, said) => `/bin/sh of the host does not understand what dash, bash and BusyBox do; it says: ${said}`,
    hint: () => 'Let /bin/sh be dash, bash or BusyBox there.',
  },
  {
    words: /\bexec: restricted|restricted: cannot|\brestricted$/,
    message: (user, said) =>
      `the login shell of ${user} is a restricted shell that may not start /bin/sh; it says: ${said}`,
    hint: (user) => `Give ${user} another login shell: chsh -s /bin/bash ${user} - or log in as another user.`,
  },
  {
    words: /This account is currently not available|This account has been disabled/i,
    message: (user, said) => `${user} may not log in: its login shell is nologin; it says: ${said}`,
    hint: (user) => `Log in as another user, or give ${user} a login shell: chsh -s /bin/bash ${user}`,
  },
  {
    words: /\/etc\/nologin exists|not permitted to log in yet|going down|pam_nologin/,
    message: (_, said) => `the host lets nobody but root in at the moment; it says: ${said}`,
    hint: () => 'It is starting, stopping or being worked on. Wait, or remove /etc/nologin or /run/nologin there.',
  },
  {
    words: /allows sftp connections only/,
    message: (user) => `sshd there gives ${user} sftp only (ForceCommand internal-sftp, or command= before the key)`,
    hint: () => 'Log in as another user, or with another key: what is run needs a shell.',
  },
  {
    words: /change your password (now|immediately)|password has expired|Password change required/i,
    message: (user, said) => `the password of ${user} has expired, and sshd lets it do nothing else; it says: ${said}`,
    hint: (user) => `Set it on the host: passwd ${user}`,
  },
];

function fewFiles(user: string): string {
  return `a shell of ${user} may open too few files at once for a step to be run`;
}

function raiseFiles(user: string): string {
  return `Raise it on the host to 64 or more: ulimit -n in the start-up files of ${user}, or nofile in /etc/security/limits.conf.`;
}

const startsNoShell = (user: string, said: string): string =>
  `what sshd starts for ${user} does not start /bin/sh${said === '' ? ', and ends without a word' : `; it says: ${said}`}`;

const whereToLook = (user: string): string =>
  `Look at the login shell of ${user} (getent passwd ${user}), its start-up files, command= before its key in authorized_keys, and ForceCommand in sshd_config.`;

/** Without the lines of our own shell. */
const saidBy = (session: ShellSession): string =>
  printableLine(session.stray.replaceAll(/@[0-9a-f]{32}:\S*/g, ''))
    .trim()
    .slice(0, 500);

const unusable = (message: string, hint: string): ErrorInfo => ({ code: 'shell-unusable', message, hint });
