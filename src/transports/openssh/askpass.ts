import { closeSync, constants, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SshHost } from '../../model/host.ts';
import type { LoginSecrets } from '../login-secrets.ts';
import { saidByHost } from '../said-by-host.ts';
import type { PasswordVerdict, ShownPasswords } from '../shown-passwords.ts';
import { isAskedByHost, methodsOf, secretFor } from './askpass-prompt.ts';

/** What was asked, and how it was answered: for who has to say why nobody was let in. */
export interface Asked {
  /** They were given. */
  readonly password?: true;
  readonly passphrase?: true;
  /** Another host refused this very password, so it was not shown. */
  readonly withheldBy?: string;
  /** Something else was wanted, in its own words. */
  readonly other?: string;
}

interface Question {
  readonly id: string;
  /** The process that wants the answer. */
  readonly pid: number;
  readonly prompt: string;
}

/** For the environment of `ssh`: the program it starts instead of asking on a terminal. It gives nothing away by itself. */
export const askpassEnvironment = (folder: string): NodeJS.ProcessEnv => ({
  SSH_ASKPASS: fileURLToPath(new URL('../../../bin/askpass', import.meta.url)),
  SSH_ASKPASS_REQUIRE: 'force',
  // OpenSSH before 8.4 starts it only where there could be a window.
  DISPLAY: 'none',
  RUNBOOK_ASKPASS: folder,
});

/**
 * Gives one process `ssh` the secrets it asks for, each once, through a pipe. A prompt that is not known to want just that is
 * left without an answer, and so is every other process: the `ssh` of a proxy command inherits what it would need to ask.
 */
export class Askpass {
  readonly #folder: string;
  readonly #host: SshHost;
  readonly #secrets: LoginSecrets;
  readonly #passwords: ShownPasswords;
  /** Is it what `ssh` would ask? */
  readonly #isThere: boolean;
  readonly #login = Promise.withResolvers<PasswordVerdict>();
  readonly #answers = new Map<string, string | undefined>();
  #asked: Asked = {};
  #isWaiting = false;
  #isStuck = false;

  constructor(folder: string, host: SshHost, secrets: LoginSecrets, passwords: ShownPasswords) {
    this.#folder = folder;
    this.#host = host;
    this.#secrets = { ...secrets };
    this.#isThere = secrets.loginPassword !== undefined || secrets.keyPassphrase !== undefined;
    this.#passwords = passwords;
  }

  get asked(): Asked {
    return this.#asked;
  }

  /** Another host is being shown the same password first. */
  get isWaiting(): boolean {
    return this.#isWaiting;
  }

  /** The host has asked what gets no answer. `ssh` must be ended: it would say nothing instead, which is one more failed login. */
  get isStuck(): boolean {
    return this.#isStuck;
  }

  /** Answers what is asked by now, of the `ssh` that has this pid and this log. To be called again until the login is over. */
  look(pid: number | undefined, log: () => string): void {
    if (pid === undefined || !this.#isThere) return;
    for (const question of this.#questions())
      if (question.pid === pid) void this.#decide(question, methodsOf(log()));
      else this.#answers.set(question.id, undefined);
    for (const [id, answer] of this.#answers) if (this.#tell(id, answer)) this.#answers.delete(id);
  }

  /** The login is over. */
  end(isIn: boolean, wasRefused: boolean): void {
    this.#login.resolve(isIn ? 'taken' : wasRefused ? 'refused' : 'ended');
  }

  #questions(): readonly Question[] {
    const names = readdirSync(this.#folder).filter((name) => name.startsWith('asked.'));
    return names.map((name) => {
      const path = join(this.#folder, name);
      const [pid = '', ...prompt] = readFileSync(path, 'utf8').split('\n');
      rmSync(path);
      return { id: name.slice('asked.'.length), pid: Number(pid), prompt: prompt.join('\n') };
    });
  }

  async #decide({ id, prompt }: Question, methods: readonly string[]): Promise<void> {
    const kind = secretFor(prompt, this.#host, methods);
    const secret = kind === undefined ? undefined : this.#secrets[kind];
    if (kind === undefined || secret === undefined) {
      if (kind === undefined && isAskedByHost(methods)) this.#asked = { ...this.#asked, other: saidByHost(prompt) };
      this.#leave(id, methods);
      return;
    }
    delete (this.#secrets as { -readonly [K in keyof LoginSecrets]: LoginSecrets[K] })[kind];
    if (kind === 'keyPassphrase') {
      this.#asked = { ...this.#asked, passphrase: true };
      this.#answers.set(id, secret.reveal());
      return;
    }
    this.#isWaiting = true;
    const verdict = await this.#passwords.show(this.#host.name, secret, () => {
      this.#isWaiting = false;
      this.#asked = { ...this.#asked, password: true };
      this.#answers.set(id, secret.reveal());
      return this.#login.promise;
    });
    this.#isWaiting = false;
    if (typeof verdict !== 'object') return;
    this.#asked = { ...this.#asked, withheldBy: verdict.refusedBy };
    this.#leave(id, methods);
  }

  #leave(id: string, methods: readonly string[]): void {
    if (isAskedByHost(methods)) this.#isStuck = true;
    else this.#answers.set(id, undefined);
  }

  /** False: the other end of the pipe is not there yet. */
  #tell(id: string, answer: string | undefined): boolean {
    try {
      const pipe = openSync(join(this.#folder, `answer.${id}`), constants.O_WRONLY | constants.O_NONBLOCK);
      if (answer !== undefined) writeSync(pipe, `${answer}\n`);
      closeSync(pipe);
      return true;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code !== 'ENXIO';
    }
  }
}
