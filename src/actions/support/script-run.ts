import { basename } from 'node:path';
import type { Script } from '../../model/script.ts';
import type { FileContent } from '../../model/type.ts';
import { ENTER_SH, REFUSE_SH } from './start.ts';

// The script closes the pipe by which it comes to the shell, so that nothing it starts has that. Its first line stays the first.
const SOURCE_SH = `{ printf 'exec 3<&-; '; printf %s "$runbook_source"; } 2>/dev/null`;
const SH = `/bin/sh \${runbook_option:+"$runbook_option"} /dev/fd/3 "$@" 3<&0`;
const BY_SH = `${SOURCE_SH} | ${SH} </dev/null\n`;
const BY_SH_FED = `printf %s "$runbook_stdin" 2>/dev/null | { ${SOURCE_SH} | ${SH} <&4 4<&-; } 4<&0\n`;

// A signal that is to end the step ends the interpreter; this shell lives on to remove the file.
const KEPT_SH = `
[ -x "$runbook_interpreter" ] || refuse 'run it: the host has no %s' "$runbook_interpreter"
command -v mktemp >/dev/null 2>&1 || refuse 'keep it while it runs: the host has no mktemp'
keep() {
  folder=$(mktemp -d "$1/runbook.XXXXXX") || return
  (umask 077 && printf %s "$runbook_source" >"$folder/$runbook_name") &&
    [ $(wc -c <"$folder/$runbook_name") -eq "$runbook_bytes" ] && return
  rm -rf -- "$folder"
  return 1
}
trap : HUP INT TERM
for parent in /run /dev/shm /tmp /var/tmp; do
  keep "$parent" 2>/dev/null && break
  folder=
done
[ -n "$folder" ] || refuse 'keep it while it runs: /run, /dev/shm, /tmp and /var/tmp are full or cannot be written'
set -- "$folder/$runbook_name" "$@"
if [ -n "$runbook_option" ]; then set -- "$runbook_option" "$@"; fi
`;
const RUN_SH = '"$runbook_interpreter" "$@"';
const END_SH = `
code=$?
rm -rf -- "$folder"
exit "$code"
`;

/** How the host runs a script of ours: by its `sh` from a pipe, or by what its `#!` line names from a file. */
export function scriptRun(source: FileContent, fed: boolean): Required<Pick<Script, 'text' | 'variables'>> {
  const { program, option, problem } = interpreterOf(source.content);
  const begin = REFUSE_SH + ENTER_SH;
  if (problem !== undefined)
    return { text: `${begin}refuse 'run it: %s' "$runbook_problem"\n`, variables: { runbook_problem: problem } };
  const variables = { runbook_source: source.content, runbook_option: option };
  if (program === 'sh') return { text: begin + (fed ? BY_SH_FED : BY_SH), variables };
  const run = fed ? `printf %s "$runbook_stdin" 2>/dev/null | ${RUN_SH}` : RUN_SH;
  return {
    text: begin + KEPT_SH + run + END_SH,
    variables: {
      ...variables,
      runbook_interpreter: program,
      runbook_name: basename(source.path).replaceAll(/[^A-Za-z0-9._-]/g, '_'),
      runbook_bytes: String(Buffer.byteLength(source.content)),
    },
  };
}

interface Interpreter {
  /** `sh`, or an absolute path. */
  readonly program: string;
  /** The rest of the line, which is one argument, as for the kernel; may be empty. */
  readonly option: string;
  /** Why no host can run it. */
  readonly problem?: string;
}

function interpreterOf(content: string): Interpreter {
  const [line = ''] = content.split('\n', 1);
  if (line.endsWith('\r'))
    return { program: '', option: '', problem: 'its lines end with CR LF; save it with LF alone' };
  const [, program = '', rest = ''] = /^#![ \t]*([^ \t]*)[ \t]*(.*)$/.exec(line) ?? [];
  const option = rest.trimEnd();
  if (program === '') return { program: 'sh', option: '' };
  if (/^(?:\/usr)?\/bin\/sh$/.test(program)) return { program: 'sh', option };
  if (/^(?:\/usr)?\/bin\/env$/.test(program) && option === 'sh') return { program: 'sh', option: '' };
  if (program.startsWith('/')) return { program, option };
  return { program, option, problem: `its #! line names ${program}, which is no absolute path` };
}
