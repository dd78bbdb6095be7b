import { quote } from './quote.ts';
import type { Start } from './become.ts';

/*
 * script(1) of util-linux makes a terminal on the host, for a program that does nothing without one. Only that is used of it: the
 * program's own three streams stay those of the channel (3, 4 and 5), which are clean and not mixed, as on no terminal.
 */
const PREPARE = `
command -v script >/dev/null || { echo 'script: not found' >&2; exit 1; }
exec 3<&0 4>&1 5>&2
LC_ALL=C SHELL=/bin/sh; export LC_ALL SHELL
`;

/**
 * The command is started on a terminal of its own. With a mark it may ask there, in sight of our stderr after that mark, and one line
 * is handed to the terminal: the next that is written must be it. Without, nothing is.
 */
export function startOnTerminal(command: string, mark?: string): Start {
  const words = quote(`${command} <&3 >&4 2>&5 3<&- 4>&- 5>&-`);
  return { line: 'exec /bin/sh', source: PREPARE + (mark === undefined ? alone(words) : withAnswer(words, mark)) };
}

const alone = (words: string): string => `exec script -qec ${words} /dev/null </dev/null >&2\n`;

/** read takes no byte of the next line, which is the shell's. */
const withAnswer = (words: string, mark: string): string =>
  `{ echo ${mark.trimEnd()} >&2
{ IFS= read -r rb_answer <&3; printf '%s\\n' "$rb_answer"; } | script -qec ${words} /dev/null >&2; exit; }
`;
