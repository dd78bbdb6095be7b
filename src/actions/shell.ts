import { defineAction } from '../model/action.ts';
import { commandLine } from '../util/command-line.ts';
import { COMMAND_OUTPUT, interpretCommand } from './support/command-result.ts';
import { excerpt } from './support/sections.ts';

export const action = defineAction({
  name: 'shell',
  summary: 'Runs shell text with /bin/sh.',
  notes: [
    'A span in the text becomes a shell variable and is one word, never code: `rm -- ${{ item.path }}` is safe for any path.',
    'The shell starts in `/` with `LC_ALL=C`, `TZ=UTC`, umask 022 and empty input; it is the `sh` of the host, so keep to POSIX.',
    'The exit code is that of the last command: begin with `set -e` when any of them must succeed. A code other than 0 fails',
    'the step, unless the step has `expect`: then it alone decides.',
  ].join('\n'),
  effect: 'changes',
  risk: 'none',
  undo: { kind: 'declare' },
  idempotent: false,
  params: { text: { type: { kind: 'shell-text' }, description: 'POSIX shell source.' } },
  output: COMMAND_OUTPUT,
  examples: [
    { title: 'A pipe', params: { text: 'dmesg | tail -n 20' } },
    {
      title: 'Several commands, each of which must succeed',
      params: { text: 'set -e\nmkdir -p /srv/app\nln -sfn /srv/app/42 /srv/app/current' },
    },
  ],
  work: {
    kind: 'script',
    compose({ text: { text, variables } }) {
      return { summary: onOneLine(text, variables), text, variables };
    },
    interpret(answer, _params, { judged }) {
      return interpretCommand(answer, judged);
    },
  },
});

/** The values stand before the text: who approves it must see which user, path or number it is about. */
function onOneLine(text: string, variables: Readonly<Record<string, string>>): string {
  const values = Object.entries(variables).map(([name, value]) => excerpt(`${name}=${commandLine([value])}`, 100));
  const lines = text.split('\n').map((line) => line.trim());
  return excerpt([...values, ...lines.filter((line) => line !== '')].join(' ⏎ '), 300 + values.join(' ⏎ ').length);
}
