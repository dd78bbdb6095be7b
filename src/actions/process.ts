import { defineAction } from '../model/action.ts';
import type { Script } from '../model/script.ts';
import { parseDuration } from '../util/duration.ts';
import { failed, firstLine, unexpectedOutput } from './support/failure.ts';
import { PROCESS_END_SH } from './support/process-end.ts';
import { readEndings } from './support/process-endings.ts';
import { secondsOf } from './support/timestamps.ts';

const DEFAULT_GRACE = '10s';
// For looking, for waiting after a kill, and for a host that is slow.
const MARGIN_MS = 60_000;

export const action = defineAction({
  name: 'process',
  summary: 'Ends processes that are still the ones that were found.',
  notes: [
    'Takes elements of `processes`. They are asked to end (TERM), all at once, and given `grace` for it; with `kill: true` those that',
    'still run are killed then. Right before each signal the host is asked anew whether the pid still is the process that started at',
    'that time: a pid that was given to another process is left alone.',
    '',
    'Never touched are the first process of the host, threads of the kernel, and what carries this very step: its shell, all that',
    'this descends from (`sshd`, `sudo`), and what shares a session with these. A zombie has ended already; only its parent can let',
    'it go. A process in state `D` ends when its device answers, not before.',
    '',
    'That a process is left alone is no failure: `left` says why, and `expect: size(result.left) == 0` makes it one. A service',
    'manager may start again what was ended; for a service use `service`.',
    '',
    'A process that is killed cannot clean up: `leaks` names the System V semaphores and shared memory that it was the last to use,',
    'and pid and lock files in the usual places that name it. Locks of the kernel go with it.',
    'The evidence of each process is printed before its first signal.',
  ].join('\n'),
  effect: 'changes',
  risk: 'destructive',
  undo: { kind: 'none', reason: 'a process that has ended cannot be brought back; its evidence was kept' },
  idempotent: true,
  params: {
    processes: {
      type: {
        kind: 'list',
        of: {
          kind: 'object',
          name: 'FoundProcess',
          key: 'pid',
          fields: {
            pid: { type: { kind: 'int', minimum: 1 }, description: 'Its process id.' },
            started: { type: { kind: 'timestamp' }, description: 'When it started, as it was found.' },
          },
        },
      },
      description: 'The processes, as `processes.processes` has them.',
    },
    grace: {
      type: { kind: 'duration' },
      description: `How long they may take to end by themselves; \`${DEFAULT_GRACE}\` by default.`,
      optional: true,
    },
    kill: { type: { kind: 'bool' }, description: 'Kill what still runs then; `false` by default.', optional: true },
  },
  output: {
    ended: {
      type: { kind: 'list', of: { kind: 'int' } },
      description: 'Pids of those that ended when they were asked to.',
    },
    killed: { type: { kind: 'list', of: { kind: 'int' } }, description: 'Pids of those that were killed.' },
    left: {
      type: {
        kind: 'list',
        of: {
          kind: 'object',
          name: 'LeftProcess',
          key: 'pid',
          fields: {
            pid: { type: { kind: 'int' }, description: 'Its process id.' },
            reason: { type: { kind: 'string' }, description: 'Why it was left alone, or still runs.' },
          },
        },
      },
      description: 'The others.',
    },
    leaks: {
      type: { kind: 'list', of: { kind: 'string' } },
      description: 'What killing leaves behind, or would leave behind of those that still run.',
    },
  },
  examples: [
    { title: 'What a finding is about', params: { processes: '${{ findings.hanging.items }}', grace: '30s' } },
    {
      title: 'One process, killed when it does not end',
      params: { processes: [{ pid: 4711, started: '2026-01-31T08:00:00Z' }], kill: true },
    },
  ],
  work: {
    kind: 'script',
    compose({ processes, grace = DEFAULT_GRACE, kill = false }): Script {
      const pids = processes.map(({ pid }) => pid).join(' ');
      const graceMs = millisecondsOf(grace);
      return {
        summary:
          processes.length === 0
            ? 'kill: no process to end'
            : `kill -s TERM ${pids}${kill ? `, and -s KILL what still runs after ${grace}` : ''}`,
        text: PROCESS_END_SH,
        variables: { runbook_grace: String(Math.ceil(graceMs / 10)), runbook_kill: String(kill) },
        args: processes.map(({ pid, started }) => `${pid}:${secondsOf(started)}`),
        timeoutMs: graceMs + MARGIN_MS,
      };
    },
    interpret(answer, { grace = DEFAULT_GRACE }) {
      const complaint = firstLine(answer.stderr.text);
      if (answer.code === 69) return failed('cannot-start', complaint);
      const { problem, denied, ...output } = readEndings(answer.stdout.text, grace);
      const done = [...output.ended, ...output.killed];
      if (answer.code !== 0) {
        const before = done.length === 0 ? 'nothing has ended' : `ended before: ${done.join(', ')}`;
        return failed('exit', `${complaint || `exit code ${answer.code}`}; ${before}`);
      }
      if (problem !== undefined) return unexpectedOutput(problem, answer);
      if (denied !== undefined && done.length === 0)
        return failed('exit', `process ${denied}: permission denied: it belongs to another user`);
      return { status: done.length > 0 ? 'changed' : 'ok', output };
    },
  },
});

function millisecondsOf(duration: string): number {
  const read = parseDuration(duration);
  return read.ok ? read.value : 0;
}
