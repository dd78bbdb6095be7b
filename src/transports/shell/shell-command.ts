import type { ErrorInfo } from '../../model/error.ts';
import { err, ok, type Result } from '../../util/result.ts';

const USER = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/;

/**
 * The one line a login shell is asked: fixed ASCII without quotes, so that csh, fish and others read it alike.
 * `env` gives sudo the C locale, in which its words are known.
 */
export function shellCommand(user: string, loginUser: string): Result<string, ErrorInfo> {
  if (user === loginUser) return ok('exec /bin/sh');
  if (!USER.test(user))
    return err({
      code: 'become',
      message: `${JSON.stringify(user)} is not the name of a user`,
      hint: 'Correct become.',
    });
  return ok(`exec env LC_ALL=C sudo -n -H -u ${user} /bin/sh`);
}
