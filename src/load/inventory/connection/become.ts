import type { Becoming } from '../../../model/host.ts';
import { splitShellWords } from '../../../util/shell-words.ts';
import { becomeNames, NAMES } from './connection-variables.ts';
import type { HostValues } from './host-values.ts';
import type { Notes } from '../notes.ts';

/** Options of sudo, su and doas that say how a password is asked for, or what is done here anyhow. */
const AS_HERE = /^(?:-[HSnk]+|--(?:set-home|stdin|non-interactive))$/;
/** Those that give a login shell, or the environment of who asks. */
const ENVIRONMENT = /^(?:-[HSnkEisl]+|-|--(?:preserve-env|login))$/;

/** How another user is become. Whom, a runbook says, so `ansible_become` and `ansible_become_user` have no say. */
export function readBecoming(values: HostValues, notes: Notes): Becoming {
  const method = readMethod(values);
  checkFlags(method, values, notes);
  const names = becomeNames(method, 'exe');
  const program = values.text(names, HINT);
  if (program === undefined || program.text === '' || program.text === method) return { method };
  if (/^[A-Za-z0-9_./+-]+$/.test(program.text)) return { method, program: program.text };
  values.problem('E_TYPE', program.at, `this is no program for ${program.name}: ${program.shown}`, HINT);
  return { method };
}

const HINT = 'write the path of one program';

function readMethod(values: HostValues): Becoming['method'] {
  const given = values.text(NAMES.method, 'sudo, su and doas are the ones there are');
  const method = given?.text.replace(/^(?:ansible\.builtin|community\.general)\./, '') ?? 'sudo';
  if (method === 'sudo' || method === 'su' || method === 'doas') return method;
  if (given !== undefined) {
    const message = `another user cannot be become by ${given.shown} here`;
    values.problem('E_BECOME', given.at, message, 'sudo, su and doas are the ones there are');
  }
  return 'sudo';
}

function checkFlags(method: string, values: HostValues, notes: Notes): void {
  const flags = values.text(becomeNames(method, 'flags'), 'write options of sudo');
  if (flags === undefined) return;
  const words = splitShellWords(flags.text, { comments: false });
  const others = words.ok ? words.value.map(({ text }) => text).filter((word) => !AS_HERE.test(word)) : [flags.text];
  const [first] = others;
  if (first === undefined) return;
  const wrong = others.find((word) => !ENVIRONMENT.test(word));
  const which = flags.secrets.length > 0 ? `an option in ${flags.shown}` : `the option ${wrong ?? first}`;
  const message = `${flags.name}: ${which} is not passed on to ${method}`;
  if (wrong === undefined) notes.warn('W_NOT_FOLLOWED', flags.at, message, 'what a step needs stands in its env');
  else values.problem('E_BECOME', flags.at, message, 'remove it; a runbook says which user it becomes');
}
