import type { Claim } from '../../model/transport.ts';
import { sha256 } from '../../util/sha256.ts';
import { STEP_ENVIRONMENT } from './host-source.ts';
import { quote } from './quote.ts';
import type { CommandLine } from './command.ts';

/** A step ready to be sent: what runs, and as which user; empty: the shell's own. */
export interface Step {
  readonly source: string;
  readonly user: string;
}

/** The line that hands a read on to the reader, as one word of its own. */
export function readLine(step: Step): CommandLine {
  return ({ nonce, token, mark, readers }) =>
    ['rb_read', readers, quote([nonce, token, quote(readText(step, token, mark)), quote(step.user)].join(' '))].join(
      ' ',
    );
}

/** The line that runs a change under its claim. */
export function changeLine(step: Step, claim: Claim, seconds: number, summary: string): CommandLine {
  const name = `${claim.step}.${claim.attempt}`;
  const said = summary.replaceAll(/\s+/g, ' ').slice(0, 200);
  return ({ nonce, token, mark }) => {
    const words = [
      changeText(step, token, mark),
      step.user,
      `${seconds}`,
      claim.runId,
      name,
      `${claim.epoch}`,
      sha256(step.source),
      said,
      mark,
      sha256(nonce),
    ];
    return ['rb_change', nonce, ...words.map(quote)].join(' ');
  };
}

function readText(step: Step, token: string, mark: string): string {
  // The reader has said already which process it is.
  const first = step.user === '' ? [] : [STEP_ENVIRONMENT, process(token)];
  return [...first, bearing(mark), exit(token), step.source, ''].join('\n');
}

function changeText(step: Step, token: string, mark: string): string {
  const first = step.user === '' ? 'exec 3<&-' : STEP_ENVIRONMENT;
  return [first, process(token), bearing(mark), exit(token), step.source, ''].join('\n');
}

/** By this it is known for the step's wherever it goes: sudo and su keep variables of such a name, and leave others out. */
const bearing = (mark: string): string => `LC_RUNBOOK_STEP=${mark}; export LC_RUNBOOK_STEP`;

/** First the step's shell says which process it is, so that it can be ended and so that a step that never started is known. */
const process = (token: string): string => `printf '\\n@${token}:pid:%s:%s\\n' "$$" "$$" >&2`;

/** When it exits with a status over 128 it says so itself: silence there means a signal. */
const exit = (token: string): string =>
  `trap 'rb_status=$?; [ "$rb_status" -le 128 ] || printf "\\\\n@${token}:exit:%s\\\\n" "$rb_status" >&2' EXIT`;
