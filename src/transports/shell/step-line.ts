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

/** The line that hands a read on to the reader, as one word of its own. */
export function readLine(step: Step): CommandLine {
  return ({ nonce, token, readers }) =>
    ['rb_read', readers, quote([nonce, quote(text(step, token, '')), quote(step.user)].join(' '))].join(' ');
}

/** The line that runs a change under its claim. */
export function changeLine(step: Step, claim: Claim, seconds: number, summary: string): CommandLine {
  const name = `${claim.step}.${claim.attempt}`;
  const said = summary.replaceAll(/\s+/g, ' ').slice(0, 200);
  return ({ nonce, token }) => {
    const words = [
      text(step, token, 'exec 3<&-'),
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
 * First the step's shell says which process it is, so that it can be ended and so that a step that never started is known: in a read
 * that is another one than `$$`. When it exits with a status over 128 it says so itself: silence there means a signal.
 */
function text(step: Step, token: string, ownFirst: string): string {
  return [
    step.user === '' ? ownFirst : STEP_ENVIRONMENT,
    'rb_self=$$; { read -r rb_self rb_rest </proc/self/stat; } 2>/dev/null',
    `printf '\\n@${token}:pid:%s:%s\\n' "$rb_self" "$$" >&2`,
    `trap 'rb_status=$?; [ "$rb_status" -le 128 ] || printf "\\\\n@${token}:exit:%s\\\\n" "$rb_status" >&2' EXIT`,
    step.source,
    '',
  ].join('\n');
}
