import type { ErrorInfo } from '../../model/error.ts';
import { printableLine } from '../../util/printable.ts';
import { askedForMore, CORRECT_PASSWORD, passwordWithheld } from '../login-refusals.ts';
import { word } from '../shell/quote.ts';
import type { About, Words } from './words.ts';

/** Why nobody was let in. */
export const LOGIN_WORDS: readonly Words[] = [
  {
    words: /signing failed for (\S+-SK) "?([^":\r\n]*)"?[^:\r\n]*: ([^\r\n]+)[^]*Permission denied/,
    means: ([, , file = '', why = '']) => ({
      code: 'key-unusable',
      message: `the key ${printableLine(file)} is on a FIDO token, which does not answer: ${printableLine(why)}`,
      hint: 'Plug the token in and touch it when it blinks. A token that wants a PIN can be used by an agent only: ssh-add -K, or ssh-add FILE.',
    }),
  },
  {
    words: /Permissions (\d+) for '([^'\r\n]+)' are too open/,
    means: ([, mode, file = '']) => ({
      code: 'key-unusable',
      message: `the private key ${printableLine(file)} can be read by others (mode ${mode})`,
      hint: `chmod 600 ${word(printableLine(file))}`,
    }),
  },
  {
    words: /Load key "([^"\r\n]+)": ([^\r\n]+)[^]*Permission denied/,
    means: ([, file = '', why = '']) => ({
      code: 'key-unusable',
      message: `the private key ${printableLine(file)} can't be used: ${printableLine(why)}`,
      hint: `Look at it: ssh-keygen -y -f ${word(printableLine(file))}`,
    }),
  },
  {
    words: /Permission denied[^]*Identity file (.+) not accessible: ([^\r\n]+)\./,
    means: ([, file = '', why = '']) => ({
      code: 'key-unusable',
      message: `the private key ${printableLine(file)} can't be read: ${printableLine(why)}`,
      hint: 'Correct ansible_ssh_private_key_file in the inventory.',
    }),
  },
  {
    words: /(?<=(?:(\S{1,255})@([^\s@]{1,255}): )?)Permission denied \(([^)\r\n]{0,255})\)/,
    means: ([, user, name, methods = ''], about) =>
      about.hop
        ? refused(printableLine(name ?? 'it'), printableLine(user ?? 'the user'), methods)
        : refusedLogin(about, methods),
  },
  {
    words: /Too many authentication failures/,
    means: (_, about) => ({
      code: 'authentication',
      message: `${about.where} refuses ${about.host.user}: too many keys were shown to it`,
      hint: 'Name the one key: ansible_ssh_private_key_file in the inventory, and IdentitiesOnly yes in the configuration of ssh.',
    }),
  },
];

/** By what was asked meanwhile; `methods` are what the host would still take. */
export function refusedLogin(about: About, methods: string): ErrorInfo {
  const { where, host, asked } = about;
  if (asked.withheldBy !== undefined) return passwordWithheld(where, asked.withheldBy);
  if (asked.password === true)
    return {
      code: 'authentication',
      message: `${where} refuses ${host.user} with the password`,
      hint: CORRECT_PASSWORD,
    };
  if (asked.other !== undefined) return askedForMore(where, host.user, asked.other);
  const locked = lockedKey(about.log);
  if (locked === undefined) return refused(where, host.user, methods);
  if (asked.passphrase === true)
    return {
      code: 'key-unusable',
      message: `the private key ${locked} can't be decrypted: the passphrase is wrong`,
      hint: `Correct the passphrase in the inventory, or the secret that it names. Try it: ssh-keygen -y -f ${word(locked)}`,
    };
  return {
    code: 'key-unusable',
    message: `${where} would take the private key ${locked}, but it can't be opened here: it may be encrypted`,
    hint: `Give it to an agent: ssh-add ${word(locked)}`,
  };
}

const refused = (where: string, user: string, methods: string): ErrorInfo => ({
  code: 'authentication',
  message: `${where} refuses ${user} with what ssh shows; it takes: ${printableLine(methods).replaceAll(',', ', ')}`,
  hint: `Put the public key into ~${user}/.ssh/authorized_keys there, or correct ansible_user and ansible_ssh_private_key_file in the inventory.`,
});

/** The host would have taken it, and `ssh` could not sign with it and may not ask. */
function lockedKey(log: string): string | undefined {
  const match =
    /^debug1: Server accepts key: (.+?) [A-Z0-9-]+ SHA256:(?![^]*^debug1: (Offering|Trying|Server accepts))/m.exec(log);
  return match?.[1] === undefined ? undefined : printableLine(match[1]);
}
