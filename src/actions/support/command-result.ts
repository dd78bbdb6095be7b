import type { Answer, Interpretation } from '../../model/action.ts';
import type { Fields, ValuesOf } from '../../model/type.ts';
import { formatDuration } from '../../util/duration.ts';
import { failed, lastLine } from './failure.ts';

/** What a runbook sees of a command that it wrote itself. */
export const COMMAND_OUTPUT = {
  code: { type: { kind: 'int' }, description: 'Exit code.' },
  stdout: { type: { kind: 'string' }, description: 'Standard output; of more than 2 MiB only the first and the last.' },
  stderr: { type: { kind: 'string' }, description: 'Standard error, likewise.' },
  stdout_lines: {
    type: { kind: 'list', of: { kind: 'string' } },
    description: 'Standard output line by line, without the line ends.',
  },
  truncated: { type: { kind: 'bool' }, description: 'Something is missing in the middle of stdout or stderr.' },
  duration: { type: { kind: 'duration' }, description: 'How long it ran.' },
} as const satisfies Fields;

type CommandOutput = ValuesOf<typeof COMMAND_OUTPUT>;

/** An exit code other than 0 is a failure, unless the step has `expect`: then it alone decides. */
export function interpretCommand(answer: Answer, judged: boolean): Interpretation<CommandOutput> {
  const { code, stdout, stderr } = answer;
  if (code !== 0 && !judged) return failed('exit', exitError(answer));
  const output = {
    code,
    stdout: stdout.text,
    stderr: stderr.text,
    stdout_lines: linesOf(stdout.text),
    truncated: stdout.truncated || stderr.truncated,
    duration: formatDuration(answer.durationMs),
  };
  return { status: 'changed', output };
}

function exitError({ code, stdout, stderr }: Answer): string {
  const words = lastLine(stderr.text) || lastLine(stdout.text);
  return words === '' ? `exit code ${code}, without a word` : `exit code ${code}: ${words}`;
}

function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}
