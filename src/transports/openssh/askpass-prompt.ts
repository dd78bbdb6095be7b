import type { SshHost } from '../../model/host.ts';
import { whatIsAsked } from '../login-prompt.ts';
import type { LoginSecrets } from '../login-secrets.ts';

/**
 * Pure: which secret a prompt is for; undefined: none that is told. `ssh` itself writes the first two; the third is the host's, behind
 * what `ssh` says it is from. OpenSSH before 8.5 does not say that: there a host could ask as `ssh` does, so a passphrase is not told once it
 * may have asked.
 */
export function secretFor(
  prompt: string,
  { user, address, ssh }: SshHost,
  methods: readonly string[],
): keyof LoginSecrets | undefined {
  const file = /^Enter passphrase for (?:key )?'?(.+?)'?: ?\n?$/.exec(prompt)?.[1];
  if (file !== undefined) {
    if (methods.includes('keyboard-interactive')) return undefined;
    const isNamed = ssh.login.keyFiles.some(({ path, isDefault }) => !isDefault && path.startsWith(file));
    return isNamed ? 'keyPassphrase' : undefined;
  }
  const line = prompt.trim();
  if (line === `${user}@${ssh.hostKeys.alias ?? address}'s password:`) return 'loginPassword';
  const said = line.startsWith(`(${user}@`) ? line.slice(line.indexOf(') ') + 2) : line;
  return whatIsAsked([{ prompt: said }]) === 'password' ? 'loginPassword' : undefined;
}

/** Pure: the prompt is the host's. Then it gets to see the answer, and an empty one too. */
export const isAskedByHost = (methods: readonly string[]): boolean =>
  ['password', 'keyboard-interactive'].includes(methods.at(-1) ?? '');

/** Pure: how the login has been tried so far, oldest first, by what `ssh` says. A host can add to that, and take nothing away. */
export const methodsOf = (log: string): readonly string[] =>
  [...log.matchAll(/^debug1: Next authentication method: (\S+)/gm)].map(([, method = '']) => method);
