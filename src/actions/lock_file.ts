import { defineAction } from '../model/action.ts';
import { formatDuration } from '../util/duration.ts';
import { failed, lastLine, unexpectedOutput } from './support/failure.ts';
import { LOCK_PARAMS } from './support/lock-fields.ts';
import { LOCK_OWNER_SH } from './support/lock-owner.ts';
import { readLockSurvey } from './support/lock-verdict.ts';
import { timestampOf } from './support/timestamps.ts';

export const action = defineAction({
  name: 'lock_file',
  summary: 'Tells whether a pid or lock file was left behind by a process that is gone.',
  notes: `
A file is \`stale\` when it is a regular file on a file system of this host alone, no process has it open or locked, and

- the pid on its first line is gone, or belongs to a process that started after the file was written (pids are used again), here and in every
  container that sees the file, or
- it holds no pid, and no process called \`process\` runs.

A live process with that pid that is older than the file counts as its owner if it is called \`process\`, and otherwise as one that might be: the
file is not stale then. Links and directories never are. Age is for the runbook to judge: a daemon that starts writes its file before it has all of it.
The step needs root, for only root sees who has a file open.
`.trim(),
  effect: 'reads',
  risk: 'none',
  idempotent: true,
  params: LOCK_PARAMS,
  output: {
    path: { type: { kind: 'string' }, description: 'The file, links on the way resolved.' },
    exists: { type: { kind: 'bool' }, description: 'Something is there.' },
    local: {
      type: { kind: 'bool' },
      description: 'Its file system belongs to this host alone; also true where there is no file.',
    },
    held: { type: { kind: 'bool' }, description: 'A process has it open, or it is locked.' },
    pid: { type: { kind: 'int' }, description: 'The pid on its first line; 0 when there is none.' },
    owner_alive: {
      type: { kind: 'bool' },
      description: 'A process with that pid and name is alive, and started before the file was written.',
    },
    owner_command: {
      type: { kind: 'string' },
      description: 'Name of the process that `reason` is about; empty when it is about none.',
    },
    age: { type: { kind: 'duration' }, description: 'Since it was last written.' },
    modified: { type: { kind: 'timestamp' }, description: 'When that was, by the clock of the host.' },
    size_bytes: { type: { kind: 'int' }, description: 'Its size.' },
    stale: { type: { kind: 'bool' }, description: 'It is there, and nobody alive owns it.' },
    reason: { type: { kind: 'string' }, description: 'Why it is stale, or is not.' },
  },
  examples: [{ title: 'Of a database', params: { path: '/var/lib/mysql/db01.pid', process: 'mariadbd' } }],
  work: {
    kind: 'script',
    compose: ({ path, process = '' }) => ({
      summary: `look at ${path} and who owns it`,
      text: `${LOCK_OWNER_SH}lock_survey\n`,
      variables: { lock_path: path, lock_process: process },
    }),
    interpret(answer, { process = '' }) {
      if (answer.code === 69) return failed('cannot-check', lastLine(answer.stderr.text));
      const lines = answer.stdout.text.replace(/\n$/, '').split('\n');
      if (lines.pop() !== 'end') return unexpectedOutput('the output is cut short', answer);
      const read = readLockSurvey(lines, process);
      if (!read.ok) return unexpectedOutput(read.error, answer);
      const { path, exists, remote, held, pid, ownerAlive, owner, ageSeconds, modified, size, stale, reason } =
        read.value;
      return {
        status: 'ok',
        output: {
          path,
          exists,
          local: !remote,
          held,
          pid,
          owner_alive: ownerAlive,
          owner_command: owner,
          age: formatDuration(ageSeconds * 1000),
          modified: timestampOf(modified),
          size_bytes: size,
          stale,
          reason,
        },
      };
    },
  },
});
