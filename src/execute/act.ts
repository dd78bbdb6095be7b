import { unreachable } from '../util/unreachable.ts';
import type { Binding } from './stages/binding.ts';
import { fix } from './stages/fix.ts';
import type { HostEnd } from './host-ends.ts';
import type { HostRun } from './host-run.ts';
import { internalError } from './internal-error.ts';
import { nextOf, type Next, type Stage } from './lifecycle.ts';
import { prove } from './stages/prove.ts';
import { retest } from './stages/retest.ts';
import { rollback } from './stages/rollback.ts';
import { verify } from './stages/verify.ts';

const LOOK = 'look at the host';

/** Takes a locked host from its re-test to its outcome; one on which a former session has sent something, from the beginning of the fix. */
export async function actOn(host: HostRun, binding: Binding | undefined): Promise<HostEnd> {
  let stage: Stage = host.past === undefined ? 'retest' : 'fix';
  let cause = '';
  try {
    for (;;) {
      const { next, reason, end } = await runStage(stage, host, binding);
      if ('outcome' in next) {
        const isCutOff = end === 'interrupted' || (end === 'unknown' && host.run.kill.aborted);
        return { outcome: next.outcome, reason: cause + reason, ...(isCutOff && { interrupted: true }) };
      }
      if (next.stage === 'rollback') cause = `${reason}; `;
      stage = next.stage;
    }
  } catch (bug) {
    const error = internalError(bug);
    return { outcome: 'unknown', reason: `${stage}: ${error.message.split('\n')[0]}`, error };
  }
}

interface Passed {
  readonly next: Next;
  readonly end: string;
  readonly reason: string;
}

async function runStage(stage: Stage, host: HostRun, binding: Binding | undefined): Promise<Passed> {
  switch (stage) {
    case 'lock':
      throw new Error('all hosts are locked together, before any is acted on');
    case 'retest': {
      const { end, reason } = await retest(host, binding);
      return { next: nextOf(stage, end), end, reason };
    }
    case 'fix': {
      const { end, reason } = await fix(host, binding);
      if (host.past?.goesBack === true && end !== 'unknown') {
        return { next: { stage: 'rollback' }, end, reason: host.past.why || reason };
      }
      const advice = end === 'unknown' ? `; nothing was undone, ${LOOK}` : '';
      return { next: nextOf(stage, end), end, reason: reason + advice };
    }
    case 'verify': {
      const { end, reason } = await verify(host);
      return { next: nextOf(stage, end), end, reason: `verify: ${reason}` };
    }
    case 'proof': {
      const { end, reason } = await prove(host);
      return { next: nextOf(stage, end), end, reason };
    }
    case 'rollback': {
      const { end, reason } = await rollback(host);
      if (end === 'undone' || end === 'nothing-to-undo') host.run.onces.leaveAll(host.name);
      return { next: nextOf(stage, end), end, reason: end === 'unknown' ? `${reason}; ${LOOK}` : reason };
    }
    default:
      return unreachable(stage);
  }
}
