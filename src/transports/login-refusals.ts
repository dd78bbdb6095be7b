import type { ErrorInfo } from '../model/error.ts';
import { wantsNewPassword } from './login-prompt.ts';

export const passwordWithheld = (where: string, refusedBy: string): ErrorInfo => ({
  code: 'authentication',
  message: `the password was not shown to ${where}: ${refusedBy} refused this very password for a login`,
  hint: 'Correct ansible_password, or the secret that it names. Each wrong password is a step towards a locked account.',
});

/** `asked` is what the host wants, in its words. */
export function askedForMore(where: string, user: string, asked: string): ErrorInfo {
  const fail = (message: string, hint: string): ErrorInfo => ({ code: 'authentication', message, hint });
  return wantsNewPassword(asked)
    ? fail(
        `the password of ${user} on ${where} has expired: it asks for a new one (${asked})`,
        `Log in by hand and change it: ssh ${user}@${where.replace(/:\d+$/, '')}`,
      )
    : fail(
        `${where} asks ${user} for more than a password: ${asked}`,
        'Only a person can answer that. Let this user log in with a key alone there, or choose another user.',
      );
}

/** What to do after a host has refused a password. */
export const CORRECT_PASSWORD =
  'Correct ansible_user and ansible_password in the inventory, or the secret that it names. It is shown to no other host now.';
