import type { SshHop } from '../../model/ssh-settings.ts';
import { err, ok, type Result } from '../../util/result.ts';
import type { SshError } from '../failure.ts';
import type { LoginSecrets } from '../login-secrets.ts';
import type { ShownPasswords } from '../shown-passwords.ts';
import { Agents } from './agent.ts';
import { Credentials, REFUSALS } from './credentials.ts';
import { KeyFiles } from './key-files.ts';
import { loginFailure } from './login-failure.ts';
import { beyondOf, loginKeys, type UnusedKey } from './login-keys.ts';
import { Login } from './login.ts';

/** A hop to log in to, under the name that messages give it. */
export interface LoginTarget extends Pick<SshHop, 'address' | 'port' | 'user' | 'login' | 'algorithms'> {
  readonly name: string;
}

/** One login; `ended` must be called once, however it ends. */
export interface OpenLogin extends Pick<Login, 'next' | 'hear' | 'watch' | 'turnSince'> {
  /** An error of ssh2 that is about the login is put into words; others give `undefined`. */
  readonly ended: (error: Error | undefined) => SshError | undefined;
}

/** What all hosts of a run share of logging in: key files and agents are asked once, and what was refused is remembered. */
export class Logins {
  readonly #sources = { files: new KeyFiles(), agents: new Agents() };
  readonly #credentials = new Credentials();
  readonly #passwords: ShownPasswords;

  constructor(passwords: ShownPasswords) {
    this.#passwords = passwords;
  }

  /** For one try. Contacts no host; an error: there is nothing that could be shown to this one. */
  async open(
    target: LoginTarget,
    { loginPassword, keyPassphrase }: LoginSecrets,
  ): Promise<Result<OpenLogin, SshError>> {
    const { name, user, login, algorithms, address, port } = target;
    const wanted = { login, algorithms: algorithms.publicKeys, passphrase: keyPassphrase };
    const { keys, unused } = login.methods.includes('publickey')
      ? await loginKeys(wanted, this.#sources)
      : { keys: [], unused: [] };
    const good = keys.filter((key) => !this.#credentials.isWrong(user, key));
    if (good.length === 0 && loginPassword === undefined) {
      if (keys.length > 0) return err(notTried(user, keys[0]?.inWords ?? ''));
      const [first] = unused;
      if (first !== undefined && login.keyFiles.some(({ isDefault }) => !isDefault))
        return err(unusable(first, unused));
    }
    const attempt = new Login({
      name,
      user,
      methods: login.methods,
      keys: good,
      unused,
      password: loginPassword,
      passwords: this.#passwords,
      sha1: algorithms.publicKeys.includes('ssh-rsa'),
    });
    const place = { where: `${address}:${port}`, user, hasPassword: loginPassword !== undefined };
    const { next, hear } = attempt;
    return ok({
      next,
      hear,
      watch: (client) => attempt.watch(client),
      turnSince: () => attempt.turnSince(),
      ended: (error) => {
        attempt.ended(error);
        const isAnswer = error !== undefined && isAboutLogin(error, attempt);
        if (error === undefined || isAnswer) this.#credentials.note(user, error === undefined, attempt.story);
        return isAnswer ? loginFailure(attempt.story, place) : undefined;
      },
    });
  }
}

const isAboutLogin = (error: Error & { readonly level?: string }, { story }: Login): boolean =>
  error.level === 'client-authentication' || story.hungUp === true || story.signing !== undefined;

const notTried = (user: string, key: string): SshError => ({
  code: 'authentication',
  message: `not tried: ${REFUSALS} hosts refused ${user} with ${key} and none took it`,
  hint: 'Correct ansible_user and ansible_ssh_private_key_file in the inventory, or the authorized_keys of the hosts.',
});

function unusable(first: UnusedKey, unused: readonly UnusedKey[]): SshError {
  const words = unused.map(({ inWords, why }) => `${inWords} ${why}`).join('; ');
  return { code: 'key-unusable', message: `there is no key to show: ${words}`, hint: first.hint, ...beyondOf(unused) };
}
