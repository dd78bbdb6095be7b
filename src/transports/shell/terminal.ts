import { newMark, type Start } from './become.ts';
import { quote } from './quote.ts';

/*
 * script(1) of util-linux makes a terminal on the host, for a program that does nothing without one. Only that is used of it: the
 * program's own three streams stay those of the channel (3, 4 and 5), clean and apart as without a terminal. It is also the only
 * way that is the same over every transport, and leaves no file.
 */
const PREPARE = `
command -v script >/dev/null || { echo 'script: not found' >&2; exit 1; }
exec 3<&0 4>&1 5>&2
LC_ALL=C SHELL=/bin/sh; export LC_ALL SHELL
`;

/**
 * The command is started on a terminal of its own. With `one answer` it may ask there, which shows on our stderr; the next line that
 * is written is handed to the terminal, and so must be the answer. read takes no byte after it: the rest is the shell's.
 */
export function startOnTerminal(command: string, gives: 'one answer' | 'no answer'): Start & { readonly mark: string } {
  const mark = newMark();
  const script = `script -qec ${quote(`${command} <&3 >&4 2>&5 3<&- 4>&- 5>&-`)} /dev/null`;
  const begin = `{ echo ${mark.trimEnd()} >&2${PREPARE}`;
  const run =
    gives === 'no answer'
      ? `exec ${script} </dev/null >/dev/null`
      : `{ IFS= read -r rb_answer <&3; printf '%s\\n' "$rb_answer"; } | ${script} >&2\nexit`;
  return { line: 'exec /bin/sh', mark, wantsAnswer: gives === 'one answer', source: `${begin}${run}\n}\n` };
}
