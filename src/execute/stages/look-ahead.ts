import { expandEachLap } from '../../model/expand-step.ts';
import type { Step } from '../../model/runbook.ts';
import type { ItemLook, ItemLooks, Looks } from '../../model/survey.ts';
import { settleAll } from '../../util/settle-all.ts';
import type { HostRun } from '../host-run.ts';
import { look } from '../steps/look.ts';
import { onOf } from '../steps/step-events.ts';
import { isFound } from './served.ts';

/**
 * Makes the looks of the prepared fix steps that would be sent as things are now, all at once, so that a plan can show what they
 * would change. Reads only. A step that depends on the result of another one is left out: nobody can know it yet.
 */
export async function lookAhead(host: HostRun): Promise<Looks> {
  const steps = host.run.runbook.fix.filter(
    (step) => step.action.work.kind === 'prepared' && isFound(step, host.findings),
  );
  const looks = await settleAll(steps.map(async (step) => [step.id, await lookAt(host, step)] as const));
  return new Map(looks);
}

export function isLost(looks: Looks): boolean {
  return [...looks.values()].flat().some((seen) => seen?.kind === 'failed' && seen.reason === 'lost');
}

async function lookAt(host: HostRun, step: Step): Promise<ItemLooks> {
  const expanded = expandEachLap(step, host.scope());
  if (!expanded.ok) return [];
  return settleAll(
    expanded.value.items.map(async ({ decision, scope }): Promise<ItemLook | undefined> => {
      if (decision.kind !== 'send') return undefined;
      const { composed } = decision;
      const execution = host.nextExecution(step.id, host.at(composed));
      return { ...(await look(host, step, composed, { phase: 'plan', execution, scope })), ...onOf(composed) };
    }),
  );
}
