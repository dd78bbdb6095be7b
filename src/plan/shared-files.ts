import type { HostPlan, PlannedItem, PlannedStep } from '../model/plan.ts';

/**
 * Pure: the plans, where a file on a delegate is changed for more than one host. Whoever comes first changes it under the others, so that
 * nobody can know yet what exactly each will do there.
 */
export function withSharedFiles(plans: readonly HostPlan[]): readonly HostPlan[] {
  const users = new Map<string, Set<string>>();
  for (const { host, steps } of plans) {
    for (const file of steps.flatMap((step) => filesOf(step, host))) {
      users.set(file, (users.get(file) ?? new Set()).add(host));
    }
  }
  const isShared = (file: string): boolean => (users.get(file)?.size ?? 0) > 1;
  return plans.map((plan) => {
    const steps = plan.steps.map((step): PlannedStep => {
      const others = filesOf(step, plan.host).some(isShared);
      return others ? { ...step, command: { kind: 'unknown-until', step: step.id, others: true } } : step;
    });
    return { ...plan, steps };
  });
}

function filesOf({ command }: PlannedStep, host: string): readonly string[] {
  const items: readonly PlannedItem[] = command.kind === 'exact' ? command.items : [];
  return items.flatMap(({ on = host, differences }) => differences.map(({ path }) => JSON.stringify([on, path])));
}
