import { defineAction } from '../model/action.ts';
import { formatDuration, parseSignedDuration } from '../util/duration.ts';
import { CLOCK_STEP_SH } from './support/clock-step-script.ts';
import { failed, lastLine, unexpectedOutput } from './support/failure.ts';
import { readSections } from './support/sections.ts';
import { secondsOf } from './support/timestamps.ts';

export const action = defineAction({
  name: 'clock_step',
  summary: 'Sets the clock of a host right by an offset that was measured, at most so far as allowed.',
  notes: `
Give it \`offset\` and \`clock_set\` of the step \`clock\` that measured them. The clock is moved by the opposite of the offset, so it does not
matter how long the command takes to arrive. Nothing is done when the offset is larger than \`max\`, or when somebody set the clock since it was
measured.

A chrony that follows a source is told to make the step itself, if it wants one of the same size; otherwise \`date\` makes it. The
hardware clock is set too where \`hwclock\` can. A step back in time is seen by every program on the host: databases and clusters may
not forgive it. An offset of less than half a second is left to the time service, which slews it away.
`.trim(),
  effect: 'changes',
  risk: 'destructive',
  undo: { kind: 'none', reason: 'the time that was wrong is over' },
  idempotent: false,
  params: {
    offset: { type: { kind: 'duration' }, description: 'How far the host is ahead, as `clock` measured it.' },
    clock_set: {
      type: { kind: 'timestamp' },
      description: 'The same field of that `clock`: it moves when the clock is set.',
    },
    max: { type: { kind: 'duration' }, description: 'A larger offset fails the step, with nothing done.' },
  },
  output: {
    stepped: {
      type: { kind: 'duration' },
      description: 'By how much the clock was moved: negative is back in time; 0 when the offset is left to be slewed.',
    },
    by: { type: { kind: 'string' }, description: '`chrony`, `date`, or empty when nothing was done.' },
  },
  examples: [
    { title: 'Ten minutes at most', params: { offset: '3m12s', clock_set: '2026-11-23T06:00:00Z', max: '10m' } },
  ],
  work: {
    kind: 'script',
    compose({ offset, clock_set, max }) {
      const offsetMs = millisecondsOf(offset);
      const tooFar = Math.abs(offsetMs) > millisecondsOf(max);
      return {
        summary: tooFar
          ? `set no clock: ${offset} is more than ${max}`
          : `set the clock ${offsetMs > 0 ? 'back' : 'forward'} by ${formatDuration(Math.abs(offsetMs))}`,
        text: CLOCK_STEP_SH,
        variables: {
          offset_ms: `${Math.trunc(offsetMs)}`,
          too_far: tooFar ? `the clock is off by ${offset}, which is more than ${max}: nothing was done` : '',
          clock_set: `${secondsOf(clock_set)}`,
        },
      };
    },
    interpret(answer, { offset }) {
      const complaint = lastLine(answer.stderr.text);
      if (answer.code !== 0) return failed('exit', complaint || `exit code ${answer.code}`);
      const sections = readSections(answer.stdout.text);
      if (!sections.ok) return unexpectedOutput(sections.error, answer);
      const by = sections.value.get('done')?.lines[0];
      if (by === undefined) return unexpectedOutput('it did not say what was done', answer);
      if (by === 'none') return { status: 'ok', output: { stepped: '0s', by: '' } };
      return { status: 'changed', output: { stepped: formatDuration(-millisecondsOf(offset)), by } };
    },
  },
});

/** An action is only given durations that can be read. */
function millisecondsOf(duration: string): number {
  const parsed = parseSignedDuration(duration);
  return parsed.ok ? parsed.value : Number.NaN;
}
