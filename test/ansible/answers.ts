import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { ANSIBLE_CONFIG, type Ansible } from './debian-ansible.ts';

export interface Question {
  readonly sources: readonly string[];
  readonly patterns: readonly (readonly [pattern: string, limit: string | null])[];
  readonly vaultPassword?: string;
}

export type Answer = Refusal | Described;

export interface Refusal {
  readonly error: string;
  readonly warnings: readonly string[];
}

/** How Ansible understands an inventory. */
export interface Described {
  readonly error?: undefined;
  /** What `ansible-inventory --list` prints. */
  readonly list: Readonly<Record<string, unknown>> & { readonly _meta: { readonly hostvars: HostVariables } };
  /** What `ansible-inventory --graph` prints. */
  readonly graph: string;
  /** In the order in which they were found. */
  readonly hosts: readonly string[];
  /** In the order in which they were found, `all` and `ungrouped` first. */
  readonly groups: readonly AnsibleGroup[];
  /** By host, sorted by name, `all` included. */
  readonly hostGroups: Readonly<Record<string, readonly string[]>>;
  readonly patterns: readonly Selected[];
  readonly warnings: readonly string[];
}

type HostVariables = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export interface AnsibleGroup {
  readonly name: string;
  readonly hosts: readonly string[];
  readonly ownHosts: readonly string[];
  readonly children: readonly string[];
}

/** The hosts of a pattern, in its order, with Ansible's doubts; or why it refused. */
export type Selected =
  { readonly hosts: readonly string[]; readonly error?: undefined; readonly warnings: readonly string[] } | Refusal;

/** One process of Ansible that answers question after question: starting it takes longer than hundreds of answers. */
export class Answers {
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  #last: Promise<unknown> = Promise.resolve();

  constructor({ python, modules }: Ansible) {
    this.#process = spawn(python, ['-S', join(import.meta.dirname, 'answers.py')], {
      cwd: '/',
      env: { PYTHONPATH: modules, ANSIBLE_CONFIG, PATH: '/usr/bin:/bin', HOME: '/nonexistent', LC_ALL: 'C.UTF-8' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const { stdout } = this.#process;
    if (stdout === null) throw new Error('it was started without a pipe');
    this.#lines = createInterface({ input: stdout, crlfDelay: Infinity })[Symbol.asyncIterator]();
  }

  ask(question: Question): Promise<Answer> {
    const answer = this.#last.then(() => this.#ask(question));
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  async end(): Promise<void> {
    const { stdin, exitCode } = this.#process;
    if (exitCode !== null) return;
    const ended = once(this.#process, 'exit');
    stdin?.end();
    await ended;
  }

  async #ask(question: Question): Promise<Answer> {
    this.#process.stdin?.write(`${JSON.stringify(question)}\n`);
    const line = await this.#lines.next();
    if (line.done === true) throw new Error('Ansible ended without an answer; what it said is above');
    return JSON.parse(line.value) as Answer;
  }
}
