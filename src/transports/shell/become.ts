import { randomBytes } from 'node:crypto';

/** Who is to be what. */
export interface Change {
  readonly from: string;
  readonly to: string;
}

/** How the shell of another user is started. */
export interface Start {
  /** What the login shell is asked: one line of ASCII without quotes and `$`, which csh, fish and others read alike. */
  readonly line: string;
  /** What the `/bin/sh` of that line is told at once. It may read ahead, so nothing follows before the other shell has spoken. */
  readonly source?: string;
  /** Said on stderr right before the program is started: what came before is the login shell's. Absent: there is no source. */
  readonly mark?: string;
  /** Absent where nothing is asked: the shell is spoken to at once. */
  readonly dialogue?: Dialogue;
  /** The next line that is written is taken for the answer, asked for or not: a shell that is there unasked is not spoken to. */
  readonly wantsAnswer?: boolean;
}

/** How a password is asked for and how the shell that follows shows itself. */
export interface Dialogue {
  /** What the new shell says first, on either stream. A login shell that prints what it is asked (`set -x`) does not print it. */
  readonly ready: string;
  /** Where the last question ends in all that one stream has said; -1: nothing was asked there. */
  readonly asked: (said: string) => number;
  /** What is said after a wrong password where there is no second question. */
  readonly wrong: RegExp;
}

/** One way of becoming another user. */
export interface Method {
  readonly name: string;
  readonly start: (change: Change, program: string, way: Way) => Start;
  /** How it is started first. `undefined`: it always asks, and there is no password. `free`: a question could be answered at once. */
  readonly first: (given: { readonly password: boolean; readonly free: boolean }) => Way | undefined;
  /** What it wants, by what it said; `undefined`: nothing that another way has. */
  readonly next: (said: string, way: Way, password: boolean) => Way | undefined;
  readonly causes: readonly Cause[];
  /** What helps against what nobody foresaw. */
  readonly hint: (change: Change) => string;
  /** What a person types there to see it for himself. */
  readonly trial: (change: Change) => string;
  /** Whose password it takes. `said`: what it printed, where it says so itself. */
  readonly asksFor: (change: Change, said: string) => string;
}

export interface Way {
  /** May it ask for the password? Else it is told not to. */
  readonly asks: boolean;
  /** On a terminal made for it. */
  readonly terminal: boolean;
}

export const QUIETLY: Way = { asks: false, terminal: false };

/** Why it did not work, by words of its own in the C locale. */
export interface Cause {
  readonly words: RegExp;
  readonly of: (change: Change) => Explanation;
}

export interface Explanation {
  readonly message: string;
  readonly hint: string;
}

export const newNonce = (): string => randomBytes(16).toString('hex');

export const newMark = (): string => `runbook-${newNonce()}\n`;

export const readyLine = (nonce: string): string => `runbook-${nonce}\n`;

/** On a terminal, where all that was said there before has come by when this comes. */
export const readyOnTerminal = (nonce: string): string => `runbook-${nonce}\r`;

/** What the new shell is started with: it shows itself and then is an ordinary one, to be spoken to. As one word, by backslashes. */
export function readyShell(nonce: string, on: 'stdout' | 'terminal' = 'stdout'): string {
  const say = `echo\\ ${readyLine(nonce).trimEnd()}${on === 'terminal' ? '\\ \\>/dev/tty' : ''}`;
  return `/bin/sh -c ${say}\\;exec\\ /bin/sh`;
}

/** For who keeps the environment of the user before: only what a shell of that user has by itself is left of it. */
export const readyShellOf = (user: string, nonce: string): string =>
  `echo ${readyLine(nonce).trimEnd()}; exec env -i HOME="$HOME" PATH="$PATH" USER=${user} LOGNAME=${user} SHELL=/bin/sh /bin/sh`;

/** Our own marks are no words of the program. */
export const withoutMarks = (said: string): string => said.replaceAll(/runbook[%-][0-9a-f]{32}(?::[^:\n]*:)?/g, '');

/** What is longer is no question: a host may say anything here. */
const LONGEST_QUESTION = 300;

/**
 * A question of the program's own, such as `Password: `: the last thing it said since the mark, which it was started right after.
 * Where a new password is wanted (`Current password: `), that is no question for this one.
 */
export function askedAfter(mark: string): Dialogue['asked'] {
  return (said) => {
    const at = said.lastIndexOf(mark);
    const line =
      at < 0
        ? ''
        : said
            .slice(at + mark.length)
            .split('\n')
            .at(-1)
            ?.slice(-LONGEST_QUESTION);
    return /password(?: for [^:]*)?: ?$/i.test(line ?? '') && !/\b(?:current|old|new|retype)\b/i.test(line ?? '')
      ? said.trimEnd().length
      : -1;
  };
}

export const NO_QUESTION: Dialogue['asked'] = () => -1;

/** env says so when it finds no such program, or may not start it. */
export const notRun = (program: string, hint: string): readonly Cause[] => [
  {
    words: /env: .*Permission denied/,
    of: ({ from }) => ({ message: `${from} may not start ${program} there`, hint }),
  },
  {
    words: new RegExp(`${program}.*(not found|No such file)`),
    of: () => ({ message: `${program} is not installed`, hint }),
  },
];

export const noSuchUser = (words: RegExp): Cause => ({
  words,
  of: ({ to }) => ({ message: `there is no user ${to}`, hint: 'Correct become.' }),
});
