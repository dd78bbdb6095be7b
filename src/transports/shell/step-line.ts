import type { Claim } from '../../model/transport.ts';
import { sha256 } from '../../util/sha256.ts';
import { STEP_ENVIRONMENT } from './host-source.ts';
import { quote } from './quote.ts';
import type { CommandLine } from './session.ts';

/** A step ready to be sent: what runs, and as which user; empty: the shell's own. */
export interface Step {
  readonly source: string;
  readonly user: string;
}

/** The line that runs a read. `limitSeconds` is the host's own, for when nobody is left to end it; 0: the host has no `timeout`. */
export function readLine(step: Step, limitSeconds: number): CommandLine {
  const limit = limitSeconds > 0 ? `timeout -k 5 ${limitSeconds}` : '';
  return (nonce, token) => ['rb_read', nonce, ...[text(step, token), step.user, limit].map(quote)].join(' ');
}

/** The line that runs a change under its claim. */
export function changeLine(step: Step, claim: Claim, seconds: number, summary: string): CommandLine {
  const name = `${claim.step}.${claim.attempt}`;
  const said = summary.replaceAll(/\s+/g, ' ').slice(0, 200);
  return (nonce, token) => {
    const words = [
      text(step, token),
      step.user,
      `${seconds}`,
      claim.runId,
      name,
      `${claim.epoch}`,
      sha256(step.source),
      said,
    ];
    return ['rb_change', nonce, ...words.map(quote)].join(' ');
  };
}

/*
 * First the step's shell says which process it is, so that it can be ended and so that a step that never started is known. When it
 * exits with a status over 128 it says so itself: silence there means a signal.
 */
function text(step: Step, token: string): string {
  return [
    ...(step.user === '' ? ['exec 3<&-'] : [STEP_ENVIRONMENT]),
    `printf '\\n@${token}:pid:%s:%s\\n' "$$" "$PPID" >&2`,
    `trap 'rb_status=$?; [ "$rb_status" -le 128 ] || printf "\\\\n@${token}:exit:%s\\\\n" "$rb_status" >&2' EXIT`,
    step.source,
    '',
  ].join('\n');
}
