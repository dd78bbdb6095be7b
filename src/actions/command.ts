import { defineAction } from '../model/action.ts';
import type { Script } from '../model/script.ts';
import { parseDuration } from '../util/duration.ts';
import { COMMAND_OUTPUT, interpretCommand } from './support/command-result.ts';
import { commandLine } from '../util/command-line.ts';
import { ENTER_SH, REFUSE_SH, refusalIn } from './support/start.ts';

// `exec` starts programs only, never builtins or functions.
const START = `${REFUSE_SH}
case \${1-} in
  '') refuse 'run a command without a name' ;;
  -*) refuse 'run %s: the name of a program does not begin with -' "$1" ;;
esac
${ENTER_SH}`;
const PLAIN = `${START}exec "$@"\n`;
const FED = `${START}printf %s "$runbook_stdin" 2>/dev/null | exec "$@"\n`;

export const action = defineAction({
  name: 'command',
  summary: 'Runs a program with its arguments, without a shell.',
  notes: [
    'Each element of `argv` is one argument: nothing is split, expanded or quoted. `command: [df, -P, /]` is the short form.',
    'The program is looked up in PATH and never is a builtin of a shell. An exit code other than 0 fails the step, unless the',
    'step has `expect`: then it alone decides. A command that could not be started for lack of `cwd` or of a name always fails.',
  ].join('\n'),
  effect: 'changes',
  risk: 'none',
  undo: { kind: 'declare' },
  idempotent: false,
  params: {
    argv: {
      type: { kind: 'list', of: { kind: 'string' }, nonempty: true },
      description: 'The program and its arguments.',
    },
    cwd: {
      type: { kind: 'string', pattern: '^/', form: 'an absolute path, such as /srv' },
      description: 'Directory to start in; `/` by default.',
      optional: true,
    },
    stdin: { type: { kind: 'string' }, description: 'Text for its standard input; empty by default.', optional: true },
    timeout: {
      type: { kind: 'duration' },
      description: 'Its deadline, instead of the `timeout` of the step.',
      optional: true,
    },
  },
  output: COMMAND_OUTPUT,
  examples: [
    { title: 'Ask a program', params: { argv: ['df', '-P', '/'] } },
    {
      title: 'Renew certificates, with a deadline of its own',
      params: { argv: ['certbot', 'renew', '--quiet', '--non-interactive'], timeout: '5m' },
    },
    { title: 'Feed a program', params: { argv: ['sort', '-n'], cwd: '/var/tmp', stdin: '10\n9\n' } },
  ],
  work: {
    kind: 'script',
    compose({ argv, cwd, stdin, timeout }): Script {
      const deadline = timeout === undefined ? undefined : parseDuration(timeout);
      return {
        summary: commandLine(argv),
        text: stdin === undefined ? PLAIN : FED,
        variables: {
          ...(cwd !== undefined && { runbook_cwd: cwd }),
          ...(stdin !== undefined && { runbook_stdin: stdin }),
        },
        args: argv,
        ...(deadline?.ok === true && { timeoutMs: deadline.value }),
      };
    },
    interpret(answer, _params, { judged }) {
      return refusalIn(answer) ?? interpretCommand(answer, judged);
    },
  },
});
