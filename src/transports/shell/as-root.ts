import {
  newMark,
  newNonce,
  NO_QUESTION,
  QUIETLY,
  noSuchUser,
  readyLine,
  readyShellOf,
  type Change,
  type Method,
} from './become.ts';
import { quote } from './quote.ts';
import { SU } from './su.ts';

/*
 * Root needs nobody's leave to be another: no sudoers, no password. setpriv first, as for a single step: it asks neither PAM nor the
 * account's shell. BusyBox has another setpriv, hence the trial.
 */
const SOURCE = `
LC_ALL=C; export LC_ALL
rb_gid=$(id -g "$rb_user") || exit 1
if setpriv --reuid "$rb_user" --regid "$rb_gid" --init-groups --reset-env true 2>/dev/null; then
  exec setpriv --reuid "$rb_user" --regid "$rb_gid" --init-groups --reset-env /bin/sh -c "$rb_shell"
fi
exec su -s /bin/sh -c "$rb_shell" "$rb_user"
`;

export const AS_ROOT: Method = {
  name: 'root',
  start: ({ to }) => {
    const nonce = newNonce();
    const mark = newMark();
    return {
      line: 'exec /bin/sh',
      mark,
      source: `{ echo ${mark.trimEnd()} >&2; rb_user=${quote(to)} rb_shell=${quote(readyShellOf(to, nonce))}${SOURCE}}\n`,
      dialogue: { ready: readyLine(nonce), asked: NO_QUESTION, wrong: /(?!)/ },
    };
  },
  first: () => QUIETLY,
  next: () => undefined,
  asksFor: ({ to }) => to,
  hint: (change) => `See what it says on the host, as root: ${byHand(change)}`,
  trial: byHand,
  causes: [noSuchUser(/no such user|unknown user|does not exist/i), ...SU.causes],
};

function byHand({ to }: Change): string {
  return `su -s /bin/sh -c id ${to}`;
}
