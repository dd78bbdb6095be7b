import { setTimeout as pause } from 'node:timers/promises';
import type { ErrorInfo } from '../../model/error.ts';
import { printableLine } from '../../util/printable.ts';
import type { Change } from './become.ts';
import type { Reach } from './reach.ts';

const ASK_MS = 5000;
const MOST_BYTES = 64 * 1024;
const MOST_SHOWN = 200;

/**
 * When sudo has refused: does it let this user run other programs, and only those? It is asked for the list, once and without a
 * password. `undefined`: it does not tell, or what it tells is no reason.
 */
export async function restrictedRules(
  reach: Reach,
  program: string,
  { from, to }: Change,
  said: string,
): Promise<ErrorInfo | undefined> {
  if (!/not allowed to execute|password is required/.test(said)) return undefined;
  const rules = rulesOf(await listed(reach, program));
  const allowed = rules.filter(({ users }) => [to, 'ALL'].some((user) => users.includes(user)));
  if (rules.length === 0 || allowed.some(({ command }) => EVERYTHING.test(command))) return undefined;
  const others = [...new Set(rules.flatMap(({ users }) => users))].join(', ');
  const message =
    allowed.length === 0
      ? `sudo lets ${from} become only ${cut(others)}, not ${to}`
      : `sudo lets ${from} run only ${cut(allowed.map(({ command }) => command).join(', '))} as ${to}, not /bin/sh`;
  return {
    code: 'become',
    message,
    hint: `Add to /etc/sudoers.d with visudo: ${from} ALL=(${to}) NOPASSWD: /bin/sh - it is as much as ALL. Or log in as root.`,
  };
}

const EVERYTHING = /^(ALL|\/bin\/sh|\/usr\/bin\/sh)\b/;

function cut(text: string): string {
  const line = printableLine(text);
  return line.length > MOST_SHOWN ? `${line.slice(0, MOST_SHOWN)}...` : line;
}

export interface SudoRule {
  readonly users: readonly string[];
  readonly command: string;
}

/** Of more than this nobody can be told. */
const LONGEST_LINE = 2000;

/** Lines such as `    (root) NOPASSWD: /usr/bin/systemctl restart apache2, /usr/bin/journalctl`. */
export function rulesOf(list: string): readonly SudoRule[] {
  const lines = list.split('\n').filter((line) => line.length <= LONGEST_LINE);
  const head = lines.findIndex(
    (line) => line.startsWith('User ') && line.includes(' may run the following commands on '),
  );
  if (head < 0) return [];
  return lines.slice(head + 1).flatMap((line) => {
    const [, users = '', commands = ''] = /^\s+\(([^)]*)\) (?:[A-Z_]+=\S+ )*(?:[A-Z]+: )*(.*)$/.exec(line) ?? [];
    const [runAs = ''] = users.split(':');
    const names = runAs.split(',').map((name) => name.trim());
    const each = commands === '' ? [] : commands.split(/, (?=[/!A-Z]|sudoedit)/);
    return each.map((command) => ({ users: names, command: command.trim() }));
  });
}

async function listed(reach: Reach, program: string): Promise<string> {
  const pipes = await reach.open(`exec env LC_ALL=C ${program} -n -l`);
  if (!pipes.ok) return '';
  const { stdin, stdout, stderr, closed } = pipes.value;
  let text = '';
  for (const stream of [stdin, stdout, stderr]) stream.on('error', () => undefined);
  stdout.on('data', (chunk: Buffer) => {
    if (text.length < MOST_BYTES) text += chunk.toString('utf8');
  });
  stderr.resume();
  stdin.end();
  await Promise.race([closed, pause(ASK_MS, undefined, { ref: false })]);
  pipes.value.destroy();
  return text;
}
