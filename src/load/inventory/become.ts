import type { Becoming } from '../../model/host.ts';
import { splitShellWords } from '../../util/shell-words.ts';
import { becomeNames, NAMES } from './connection-variables.ts';
import type { HostValues } from './host-values.ts';

/** Options that say nothing about who one becomes: of sudo, su and doas. */
const FLAGS = /^(?:-[HSnEkisl]+|-|--(?:set-home|stdin|non-interactive|preserve-env|login))$/;

/** How another user is become. Whom, a runbook says, so `ansible_become` and `ansible_become_user` have no say. */
export function readBecoming(values: HostValues): Becoming {
  const method = readMethod(values);
  refuseFlags(method, values);
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

function refuseFlags(method: string, values: HostValues): void {
  const flags = values.text(becomeNames(method, 'flags'), 'write options of sudo');
  if (flags === undefined) return;
  const words = splitShellWords(flags.text, { comments: false });
  const wrong = words.ok ? words.value.find(({ text }) => !FLAGS.test(text))?.text : flags.text;
  if (wrong === undefined) return;
  const which = flags.secrets.length > 0 ? `an option in ${flags.shown}` : `the option ${wrong}`;
  const message = `${flags.name}: ${which} is not passed on to ${method}`;
  values.problem('E_BECOME', flags.at, message, 'remove it; a runbook says which user it becomes');
}
