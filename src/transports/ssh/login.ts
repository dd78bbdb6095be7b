import type { AnyAuthMethod, AuthHandlerMiddleware, Client, NextAuthHandler } from 'ssh2';
import type { LoginMethod } from '../../model/ssh-settings.ts';
import type { Secret } from '../../util/secret.ts';
import type { PasswordVerdict, ShownPasswords } from '../shown-passwords.ts';
import { KeysToShow } from './keys-to-show.ts';
import type { LoginKey } from './login-key.ts';
import type { UnusedKey } from './login-keys.ts';
import type { LoginStory } from './login-story.ts';
import { whatIsAsked, type AskedPrompt } from '../login-prompt.ts';
import { SingleKeyAgent } from './single-key-agent.ts';

export interface LoginParts {
  /** Of the host, for what is said of passwords. */
  readonly name: string;
  readonly user: string;
  readonly methods: readonly LoginMethod[];
  readonly keys: readonly LoginKey[];
  readonly unused: readonly UnusedKey[];
  readonly password: Secret | undefined;
  readonly passwords: ShownPasswords;
  /** PubkeyAcceptedAlgorithms names `ssh-rsa`. */
  readonly sha1: boolean;
}

type Attempt =
  | { readonly kind: 'none' }
  | { readonly kind: 'key'; readonly key: LoginKey; signed: boolean }
  | { readonly kind: 'password' | 'keyboard-interactive' };

/**
 * One login to one host, as OpenSSH goes about it: `none` to learn what the host takes, then in the configured order what it takes.
 * Each key and the password are shown once; the password by one method only. ssh2 asks `next` whenever the host has refused.
 */
export class Login {
  readonly #parts: LoginParts;
  readonly #keys: KeysToShow;
  readonly #over = new AbortController();
  readonly #story: LoginStory = { refused: [], taken: [], unused: [], password: 'not shown', lets: undefined };
  #begun = false;
  #then: NextAuthHandler | undefined;
  #now: Attempt | undefined;
  #trial: PromiseWithResolvers<PasswordVerdict> | undefined;
  #turnSince: number | undefined = 0;

  constructor(parts: LoginParts) {
    this.#parts = parts;
    this.#keys = new KeysToShow(parts.keys, parts.sha1);
    this.#story.unused.push(...parts.unused);
  }

  /** What came of it so far. */
  get story(): LoginStory {
    return this.#story;
  }

  /** For ssh2's `authHandler`. */
  readonly next: AuthHandlerMiddleware = (left: readonly string[] | null, partial: boolean | null, then) => {
    this.#then = then;
    if (left !== null && this.#now?.kind !== 'key') this.#story.lets = left;
    this.#answered(partial === true);
    this.#goOn();
  };

  /** For ssh2's `debug`: after a key of an agent ssh2 does not pass on what the host still takes. */
  readonly hear = (line: string): void => {
    if (this.#over.signal.aborted) return;
    if (line === 'Inbound: Received EXT_INFO') this.#keys.hostSaysSignatures();
    const [, methods] = /^Inbound: Received USERAUTH_FAILURE \(([^)]*)\)/.exec(line) ?? [];
    if (methods === undefined) return;
    const before = this.#story.lets?.join(',');
    this.#story.lets = methods.split(',').filter((method) => method !== '');
    // It took a signature and now wants something else.
    if (this.#now?.kind === 'key' && this.#now.signed && before !== methods) this.#took(this.#now.key);
  };

  /** As `performance.now()`; `undefined`: another host is being shown the password first, and this one must wait. */
  turnSince(): number | undefined {
    return this.#turnSince;
  }

  watch(client: Client): void {
    client.on('change password', () => {
      this.#story.asked = 'a new password';
      this.#end();
    });
  }

  /** The connection is logged in, or is none any more. */
  ended(error: Error | undefined): void {
    if (error === undefined && this.#now?.kind === 'key') this.#took(this.#now.key);
    // sshd hangs up instead of refusing when it was the last try it allows.
    const isRefusal = error !== undefined && /too many authentication failures/i.test(error.message);
    if (isRefusal) {
      this.#story.hungUp = true;
      this.#answered(false);
    }
    const { signing } = this.#keys;
    if (error !== undefined && signing !== undefined) this.#story.signing = signing;
    this.#trial?.resolve(error === undefined ? 'taken' : 'ended');
    this.#over.abort();
  }

  /** The host has not let us in by what we tried last; `partial`: it took that, and wants more. */
  #answered(partial: boolean): void {
    const attempt = this.#now;
    this.#now = undefined;
    if (attempt?.kind === 'key') {
      if (partial) this.#took(attempt.key);
      if (!this.#story.taken.includes(attempt.key)) this.#story.refused.push(attempt.key);
    }
    if (this.#trial === undefined) return;
    this.#story.password = partial ? 'taken' : 'refused';
    this.#trial.resolve(partial ? 'taken' : 'refused');
    this.#trial = undefined;
  }

  #took(key: LoginKey): void {
    if (!this.#story.taken.includes(key)) this.#story.taken.push(key);
  }

  #goOn(): void {
    const attempt = this.#choose();
    this.#now = attempt;
    if (attempt === undefined) return this.#end();
    const { user, password } = this.#parts;
    const base = { username: user };
    switch (attempt.kind) {
      case 'none':
        return this.#send({ ...base, type: 'none' });
      case 'key':
        return this.#send({ ...base, type: 'agent', agent: this.#agentFor(attempt) });
      case 'password':
        return this.#show(() => this.#send({ ...base, type: 'password', password: password?.reveal() ?? '' }));
      case 'keyboard-interactive':
        return this.#send({
          ...base,
          type: 'keyboard-interactive',
          prompt: (_name, _instructions, _language, prompts, finish) => this.#prompted(prompts, finish),
        });
    }
  }

  #choose(): Attempt | undefined {
    const { lets, password } = this.#story;
    if (!this.#begun) {
      this.#begun = true;
      return { kind: 'none' };
    }
    for (const method of this.#parts.methods) {
      if (lets?.includes(method) !== true) continue;
      if (method === 'publickey') {
        const key = this.#keys.next(this.#story.unused);
        if (key !== undefined) return { kind: 'key', key, signed: false };
      } else if (this.#parts.password !== undefined && password === 'not shown') return { kind: method };
    }
    return undefined;
  }

  #agentFor(attempt: Attempt & { readonly kind: 'key' }): SingleKeyAgent {
    const { key } = attempt;
    return new SingleKeyAgent(key.publicKey, (data, algorithm, done) => {
      void this.#keys.sign(key, data, algorithm, this.#over.signal).then((signed) => {
        attempt.signed = signed.ok;
        if (this.#over.signal.aborted || this.#now !== attempt) return;
        if (signed.ok) return done(signed.value);
        this.#story.unused.push({ inWords: key.inWords, ...signed.error });
        // To tell ssh2 would end the connection; OpenSSH goes on with the next key, and so does this.
        this.#now = undefined;
        this.#goOn();
      });
    });
  }

  #prompted(prompts: readonly AskedPrompt[], finish: (answers: string[]) => void): void {
    const { password } = this.#parts;
    const asked = whatIsAsked(prompts);
    if (asked === 'password' && password !== undefined && this.#story.password === 'not shown')
      return this.#show(() => finish([password.reveal()]));
    // The same question once more, in the same conversation, means that the answer was wrong.
    if (asked === 'password') this.#answered(false);
    else this.#story.asked = asked.other;
    this.#end();
  }

  /** Waits for its turn: to one host alone until one has taken it, and not at all once one has refused it. */
  #show(send: () => void): void {
    const { name, password, passwords } = this.#parts;
    if (password === undefined) return this.#end();
    this.#turnSince = undefined;
    const shown = passwords.show(name, password, () => {
      this.#turnSince = performance.now();
      if (this.#over.signal.aborted) return Promise.resolve('ended');
      this.#trial = Promise.withResolvers();
      this.#story.password = 'shown';
      const { promise } = this.#trial;
      send();
      return promise;
    });
    void shown.then((verdict) => {
      if (typeof verdict !== 'object') return;
      this.#turnSince = performance.now();
      this.#story.password = 'withheld';
      this.#story.refusedBy = verdict.refusedBy;
      this.#goOn();
    });
  }

  #send(method: AnyAuthMethod): void {
    if (!this.#over.signal.aborted) this.#then?.(method);
  }

  /** ssh2 takes `false` for "there is nothing more to try", which its types do not know. */
  #end(): void {
    if (!this.#over.signal.aborted) (this.#then as ((nothing: false) => void) | undefined)?.(false);
  }
}
