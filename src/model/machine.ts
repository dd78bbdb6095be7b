import type { HostFacts } from './host.ts';
import { sha256 } from '../util/sha256.ts';

/**
 * Identity of a machine, whatever it is called in an inventory: a machine that was built anew is another one. From its machine-id
 * and the fingerprint of its host key; one that has neither is known only by `name`.
 */
export function machineOf(facts: HostFacts, hostKey: string | undefined, name: string): string {
  const isNameless = facts.machine_id === '' && hostKey === undefined;
  return sha256(JSON.stringify(isNameless ? ['name', name] : [facts.machine_id, hostKey ?? '']));
}

/** A host of a run; `machine` is undefined when it was not reached. */
export interface NamedMachine {
  readonly name: string;
  readonly machine: string | undefined;
}

/** Other names of the run that this machine may have, as clones call themselves the same. */
export function twinsOf({ name, machine }: NamedMachine, hosts: readonly NamedMachine[]): ReadonlySet<string> {
  const others = hosts.filter((other) => other.name !== name);
  return new Set(
    others.filter((other) => other.machine === undefined || other.machine === machine).map((other) => other.name),
  );
}
