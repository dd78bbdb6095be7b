import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { ErrorInfo } from '../../model/error.ts';
import { matchesGlob } from '../../util/glob.ts';
import { err, ok, type Result } from '../../util/result.ts';
import type { Answer } from './answer.ts';
import { configLines, wordsOf } from './config-line.ts';
import type { Controller } from './controller.ts';
import { matchesHost } from './likeness.ts';
import { programArguments, type Answered, type Question } from './question.ts';

const SYSTEM_FILE = '/etc/ssh/ssh_config';
const DEEPEST = 16;

/**
 * What `ssh -G` would answer, from its files: for machines without the program. `Host`, `Include` and `Match all` are followed.
 * What can't be decided here is an error that names its line; it is never passed over.
 */
export function askFiles(question: Question, controller: Controller): Promise<Result<Answered, ErrorInfo>> {
  const { destination, options, configFile } = programArguments(question);
  const reading = new Reading(destination, controller);
  reading.read('the inventory', options.join('\n'), controller.directory);
  if (configFile === undefined) {
    reading.readFile(join(controller.home, '.ssh/config'));
    reading.readFile(SYSTEM_FILE);
  } else if (configFile !== 'none') reading.readFile(resolve(controller.directory, configFile));
  const { problem, files } = reading;
  if (problem === undefined) return Promise.resolve(ok({ answer: reading.answer(), files }));
  const message = `without the program ssh it is not known how ${destination} is reached: ${problem}`;
  const hint =
    "Install OpenSSH's client, or write what is meant into the inventory: ansible_host, ansible_user, ansible_port.";
  return Promise.resolve(err({ code: 'configuration', message, hint }));
}

class Reading {
  readonly files: string[] = [];
  problem: string | undefined;
  readonly #destination: string;
  readonly #controller: Controller;
  readonly #values = new Map<string, readonly string[]>();

  constructor(destination: string, controller: Controller) {
    this.#destination = destination;
    this.#controller = controller;
  }

  /** One that is not there says nothing. */
  readFile(path: string, depth = 0): void {
    try {
      const text = readFileSync(path, 'utf8');
      this.files.push(path);
      this.read(path, text, path.startsWith('/etc/') ? '/etc/ssh' : join(this.#controller.home, '.ssh'), depth);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT') this.problem ??= `${path} can't be read: ${message}`;
    }
  }

  /** `folder`: where the relative paths of an Include start. */
  read(name: string, text: string, folder: string, depth = 0): void {
    let isMeant = true;
    for (const { line, keyword, text: rest } of configLines(text)) {
      const words = wordsOf(rest);
      if (keyword === 'host' && words !== undefined) isMeant = matchesHost(words, this.#destination);
      else if (keyword === 'match' && /^all$/i.test(rest)) isMeant = true;
      else if (keyword === 'host' || keyword === 'match') this.#refuse(name, line, keyword, rest);
      else if (isMeant && keyword === 'include') {
        const files = words?.map((word) => this.#matches(word, folder)) ?? [undefined];
        for (const file of files.flat())
          if (file === undefined || depth === DEEPEST) this.#refuse(name, line, keyword, rest);
          else this.readFile(file, depth + 1);
      } else if (isMeant) this.#set(name, line, RENAMED.get(keyword) ?? keyword, rest);
    }
  }

  answer(): Answer {
    const hostname = this.#values.get('hostname')?.[0] ?? '%h';
    const address = hostname.replace(/%(h|%)/g, (_, letter) => (letter === 'h' ? this.#destination : '%'));
    return new Map([...this.#defaults(), ...this.#values, ['hostname', [address.toLowerCase()]]]);
  }

  #defaults(): Answer {
    return new Map([
      ['user', [this.#controller.user]],
      ['port', ['22']],
      ['userknownhostsfile', ['~/.ssh/known_hosts ~/.ssh/known_hosts2']],
      ['globalknownhostsfile', ['/etc/ssh/ssh_known_hosts /etc/ssh/ssh_known_hosts2']],
      ['identityfile', ['~/.ssh/id_rsa', '~/.ssh/id_ecdsa', '~/.ssh/id_ed25519']],
    ]);
  }

  /** The first value wins, but keys are collected. Of ProxyJump and ProxyCommand the first one counts. */
  #set(name: string, line: number, keyword: string, text: string): void {
    const value = valueOf(keyword, text);
    if (value === undefined) return this.#refuse(name, line, keyword, text);
    const before = this.#values.get(keyword);
    if (keyword === 'identityfile' || keyword === 'certificatefile')
      this.#values.set(keyword, [...new Set(before).add(value)]);
    else if (before === undefined && !PROXIES.some((proxy) => PROXIES.includes(keyword) && this.#values.has(proxy)))
      this.#values.set(keyword, [value]);
  }

  /** `undefined`: the pattern is one that only `ssh` resolves. */
  #matches(word: string, folder: string): readonly string[] | undefined {
    const path = resolve(
      folder,
      word.replace(/^~(?=\/)/, () => this.#controller.home),
    );
    if (/^~[^/]|[[\]{}%$]/.test(word) || /[*?]/.test(dirname(path))) return undefined;
    if (!/[*?]/.test(path)) return [path];
    try {
      const names = readdirSync(dirname(path)).filter(
        (name) => !name.startsWith('.') && matchesGlob(basename(path), name),
      );
      return names.toSorted().map((name) => join(dirname(path), name));
    } catch {
      return [];
    }
  }

  #refuse(name: string, line: number, keyword: string, text: string): void {
    this.problem ??= `${name} line ${line}: only ssh can decide "${keyword} ${text}"`;
  }
}

const PROXIES = ['proxyjump', 'proxycommand'];

/** By their names before OpenSSH 8.5 and 8.7, which all versions take. */
const RENAMED = new Map([
  ['challengeresponseauthentication', 'kbdinteractiveauthentication'],
  ['pubkeyacceptedkeytypes', 'pubkeyacceptedalgorithms'],
]);

/** Lists that `+`, `-` and `^` change are known to nobody but the program; so are other names that DNS has. */
function valueOf(keyword: string, text: string): string | undefined {
  if (keyword === 'proxycommand') return text;
  const words = wordsOf(text);
  if (words === undefined) return undefined;
  const value = words.join(' ');
  if (keyword.startsWith('canonical')) return /^(no|none)$/i.test(value) ? value : undefined;
  if (/(algorithms|types)$|^(ciphers|macs)$/.test(keyword)) return /^[-+^]/.test(value) ? undefined : value;
  if (keyword === 'connecttimeout') return /^\d+$|^none$/.test(value) ? value : undefined;
  return value;
}
