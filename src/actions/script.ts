import { defineAction } from '../model/action.ts';
import type { Script } from '../model/script.ts';
import { commandLine } from '../util/command-line.ts';
import { COMMAND_OUTPUT, interpretCommand } from './support/command-result.ts';
import { scriptRun } from './support/script-run.ts';
import { refusalIn } from './support/start.ts';

export const action = defineAction({
  name: 'script',
  summary: 'Runs a script that lies beside the runbook.',
  notes: [
    'The file is read when the runbook is checked, and is part of what is approved: a plan shows it, and the hash of the runbook',
    'changes with it. It is UTF-8 text of at most 256 KiB. A relative path begins in the folder of the runbook and stays there.',
    '',
    'Without a `#!` line, or with one that names `sh`, the `sh` of the host reads it from a pipe: nothing is written on the host, and',
    '`$0` is no path. What another `#!` line names runs it from a file in a folder of its own, which is removed afterwards (memory is',
    'tried before disks). The host has to have that program.',
    '',
    'It starts as `shell` does: in `/` with `LC_ALL=C`, `TZ=UTC`, umask 022 and empty input. Values come to it as `args` or by `env`;',
    'a `${{ }}` in the file means nothing. An exit code other than 0 fails the step, unless the step has `expect`: then it alone',
    'decides. A script that could not be started always fails.',
  ].join('\n'),
  effect: 'changes',
  risk: 'none',
  undo: { kind: 'declare' },
  idempotent: false,
  params: {
    src: { type: { kind: 'source-file' }, description: 'The path of the script, written out.' },
    args: {
      type: { kind: 'list', of: { kind: 'string' } },
      description: 'Its arguments, each as it is.',
      optional: true,
    },
    cwd: {
      type: { kind: 'string', pattern: '^/', form: 'an absolute path, such as /srv' },
      description: 'Directory of the host to start in; `/` by default.',
      optional: true,
    },
    stdin: { type: { kind: 'string' }, description: 'Text for its standard input; empty by default.', optional: true },
  },
  output: COMMAND_OUTPUT,
  examples: [
    { title: 'With arguments', params: { src: 'scripts/free-space.sh', args: ['/var/cache/app', '7'] } },
    { title: 'In a directory, fed', params: { src: 'scripts/import.py', cwd: '/srv/app', stdin: 'all\n' } },
  ],
  work: {
    kind: 'script',
    compose({ src, args = [], cwd, stdin }): Script {
      const { text, variables } = scriptRun(src, stdin !== undefined);
      return {
        summary: commandLine([src.path, ...args]),
        text,
        variables: {
          ...variables,
          ...(cwd !== undefined && { runbook_cwd: cwd }),
          ...(stdin !== undefined && { runbook_stdin: stdin }),
        },
        args,
      };
    },
    interpret(answer, _params, { judged }) {
      return refusalIn(answer) ?? interpretCommand(answer, judged);
    },
  },
});
