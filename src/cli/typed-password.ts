import { whyNoPassword } from '../app/become-password.ts';
import type { Prepared } from '../app/prepare.ts';
import { because, type Trouble } from '../app/trouble.ts';
import { lacks, withTyped, type TypedSecret } from '../app/typed-passwords.ts';
import type { ErrorInfo } from '../model/error.ts';
import type { Becoming, BoundHost, Host } from '../model/host.ts';
import { count } from '../util/count.ts';
import { err, ok, type Result } from '../util/result.ts';
import { Secret } from '../util/secret.ts';
import { askHidden } from './ask.ts';
import type { Terminal } from './terminal.ts';

/** `-k` and `-K`. */
export interface AskedFor {
  readonly askPass?: boolean | undefined;
  readonly askBecomePass?: boolean | undefined;
}

type Method = Becoming['method'];

interface Question {
  readonly option: keyof AskedFor;
  readonly flags: string;
  readonly short: string;
  readonly what: (methods: readonly Method[]) => string;
  readonly variable: string;
}

const QUESTIONS: Readonly<Record<TypedSecret, Question>> = {
  loginPassword: {
    option: 'askPass',
    flags: '--ask-pass',
    short: '-k',
    what: () => 'Password for the SSH login',
    variable: 'ansible_password',
  },
  becomePassword: {
    option: 'askBecomePass',
    flags: '--ask-become-pass',
    short: '-K',
    what: (methods) => `Password for ${methods.join(', ')}`,
    variable: 'ansible_become_password',
  },
};

/** A run with the passwords that are asked for; that they were is on record, they are not. */
export async function withTypedPasswords(
  prepared: Prepared,
  asked: AskedFor,
  terminal: Terminal,
): Promise<Result<Prepared, Trouble>> {
  const { length } = prepared.hosts;
  const answered = await askPasswords([...prepared.hosts, ...prepared.delegates], asked, terminal);
  if (!answered.ok) return answered;
  const { hosts, typed } = answered.value;
  const options = Object.fromEntries(typed.map((use) => [QUESTIONS[use].option, true]));
  const selection = { ...prepared.selection, ...options };
  return ok({ ...prepared, selection, hosts: hosts.slice(0, length), delegates: hosts.slice(length) });
}

/**
 * Hosts with the passwords that are asked for, each typed once for all that have none of their own, and which ones were typed. An empty
 * one for sudo, su or doas is the one that was typed for the login, as Ansible has it. Nothing has been contacted.
 */
export async function askPasswords(
  hosts: readonly BoundHost[],
  asked: AskedFor,
  terminal: Terminal,
): Promise<Result<{ readonly hosts: readonly BoundHost[]; readonly typed: readonly TypedSecret[] }, Trouble>> {
  let answered = hosts;
  let login: Secret | undefined;
  const typed: TypedSecret[] = [];
  for (const use of ['loginPassword', 'becomePassword'] as const) {
    const question = QUESTIONS[use];
    if (asked[question.option] !== true) continue;
    if (!terminal.isInteractive) return err(because(nobodyToAsk(question)));
    const without = answered.filter((host) => lacks(host, use)).map(({ host }) => host);
    if (without.length === 0) continue;
    const password = await askPassword(question, without, login, terminal);
    if (!password.ok) return password;
    if (use === 'loginPassword') login = password.value;
    answered = withTyped(answered, use, password.value);
    typed.push(use);
  }
  return ok({ hosts: answered, typed });
}

const nobodyToAsk = ({ flags, variable }: Question): ErrorInfo => ({
  code: 'usage',
  message: `${flags} asks for a password, and nobody can be asked: there is no terminal`,
  hint: `write ${variable}: !secret NAME into the inventory instead`,
});

async function askPassword(
  { what, short }: Question,
  hosts: readonly Host[],
  otherwise: Secret | undefined,
  terminal: Terminal,
): Promise<Result<Secret, Trouble>> {
  const methods = [...new Set(hosts.map(({ becoming }) => becoming.method))];
  const same = otherwise === undefined ? '' : ' (Enter: the same)';
  const typed = await askHidden(`${what(methods)} on ${count(hosts.length, 'host')}${same}: `, terminal);
  const refuse = (error: ErrorInfo) => err(because(error));
  if (typed === undefined) return refuse({ code: 'interrupted', message: 'interrupted; nothing was contacted' });
  const hint = `start again, without ${short} where no password is asked for`;
  const password = typed === '' ? otherwise : new Secret(typed);
  if (password === undefined) return refuse({ code: 'usage', message: 'no password was typed', hint });
  const why = whyNoPassword(password, methods);
  return why === undefined
    ? ok(password)
    : refuse({ code: 'usage', message: `the password that was typed ${why}`, hint });
}
