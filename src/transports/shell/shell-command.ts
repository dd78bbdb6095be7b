import { randomBytes } from 'node:crypto';
import type { ErrorInfo } from '../../model/error.ts';
import { err, ok, type Result } from '../../util/result.ts';

const USER = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/;

/**
 * What sudo asks with, and the line that the shell it lets start says first. Nothing else on the host can know them, and a login
 * shell that prints what it is asked (`set -x`) prints neither: sudo makes one `%` of two, and the line ends where the word does.
 */
export interface SudoMarks {
  readonly prompt: string;
  readonly ready: string;
}

export function newMarks(): SudoMarks {
  const nonce = randomBytes(16).toString('hex');
  return { prompt: `runbook%${nonce}`, ready: `runbook-${nonce}\n` };
}

/**
 * The one line a login shell is asked: fixed ASCII without quotes, so that csh, fish and others read it alike.
 * `env` gives sudo the C locale, in which its words are known. With marks it may ask for a password; without, it never does.
 */
export function shellCommand(user: string, loginUser: string, marks?: SudoMarks): Result<string, ErrorInfo> {
  if (user === loginUser) return ok('exec /bin/sh');
  if (!USER.test(user))
    return err({
      code: 'become',
      message: `${JSON.stringify(user)} is not the name of a user`,
      hint: 'Correct become.',
    });
  if (marks === undefined) return ok(`exec env LC_ALL=C sudo -n -H -u ${user} /bin/sh`);
  const shell = `/bin/sh -c echo\\ ${marks.ready.trimEnd()}\\;exec\\ /bin/sh`;
  return ok(`exec env LC_ALL=C sudo -S -p ${marks.prompt.replace('%', '%%')} -H -u ${user} ${shell}`);
}
