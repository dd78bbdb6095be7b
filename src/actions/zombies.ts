import { defineAction } from '../model/action.ts';
import { parseDuration } from '../util/duration.ts';
import { failed, lastLine, unexpectedOutput } from './support/failure.ts';
import { ZOMBIES_SH } from './support/zombie-look.ts';
import { readZombies, ZOMBIE_PARENT } from './support/zombie-parents.ts';

const DEFAULT_WATCH = '3s';
const MAX_WATCH_MS = 60_000;
const MARGIN_MS = 30_000;

export const action = defineAction({
  name: 'zombies',
  summary: 'Lists the processes that leave their ended children as zombies.',
  notes: `
A zombie has ended and holds no memory, but its entry in the table of processes stays until its parent takes note. That takes every parent a
moment, so the host is looked at twice, \`watch\` apart, and only what is a zombie both times counts. A zombie cannot be killed; its parent is
what has to be told, or ended.

It is counted on the host: the answer stays small however many zombies there are.
`.trim(),
  effect: 'reads',
  risk: 'none',
  idempotent: true,
  params: {
    watch: {
      type: { kind: 'duration' },
      description: `Time between the two looks; \`${DEFAULT_WATCH}\` by default, a minute at most.`,
      optional: true,
    },
  },
  output: {
    count: { type: { kind: 'int' }, description: 'Zombies of all parents.' },
    tasks: { type: { kind: 'int' }, description: 'Tasks of the host, zombies too.' },
    tasks_max: { type: { kind: 'int' }, description: 'How many it may have: `pid_max` or `threads-max`.' },
    tasks_percent: { type: { kind: 'double' }, description: 'The first of the second, 0 to 100.' },
    parents: {
      type: { kind: 'list', of: ZOMBIE_PARENT },
      description: 'Their parents, the one with the most first; at most 200.',
    },
  },
  examples: [
    { title: 'Who leaves zombies', params: {} },
    { title: 'With more time between the looks', params: { watch: '20s' } },
  ],
  work: {
    kind: 'script',
    compose({ watch = DEFAULT_WATCH }) {
      const watchMs = millisecondsOf(watch);
      return {
        summary: `look for zombies twice, ${watch} apart`,
        text: ZOMBIES_SH,
        variables: { runbook_watch: String(Math.ceil(watchMs / 10)) },
        timeoutMs: watchMs + MARGIN_MS,
      };
    },
    interpret(answer) {
      if (answer.code === 69) return failed('cannot-check', lastLine(answer.stderr.text));
      if (answer.stdout.truncated) return failed('output', 'the answer is too long');
      const read = readZombies(answer.stdout.text);
      if (!read.ok) return unexpectedOutput(read.error, answer);
      const { tasks, tasksMax, count, parents } = read.value;
      return {
        status: 'ok',
        output: {
          count,
          tasks,
          tasks_max: tasksMax,
          tasks_percent: tasksMax === 0 ? 0 : (tasks / tasksMax) * 100,
          parents,
        },
      };
    },
  },
});

function millisecondsOf(duration: string): number {
  const read = parseDuration(duration);
  return read.ok ? Math.min(read.value, MAX_WATCH_MS) : 0;
}
