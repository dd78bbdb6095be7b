import type { FinishedRun } from '../../model/finished-run.ts';

/**
 * Which records are of one machine, whatever it was called then: see `machineOf`. Names that had the same machine in one run are clones
 * that call themselves the same, and each is a machine of its own. Records are to be given in the order of their runs.
 */
export class MachineNames {
  readonly #machineOfName = new Map<string, string>();
  readonly #firstOfName = new Map<string, string>();
  readonly #clones = new Set<string>();

  /** To be called for each run before `machineIn` is asked of its hosts. */
  add({ hosts }: Pick<FinishedRun, 'hosts'>): void {
    const seen = new Set<string>();
    for (const { host, machine } of hosts) {
      if (machine === undefined) continue;
      if (seen.has(machine)) this.#clones.add(machine);
      seen.add(machine);
      this.#machineOfName.set(host, machine);
      if (!this.#firstOfName.has(host)) this.#firstOfName.set(host, machine);
    }
  }

  /** The machine that had this name, where the record does not say: the last before it. */
  machineIn({ host, machine }: { readonly host: string; readonly machine?: string }): string | undefined {
    return machine ?? this.#machineOfName.get(host);
  }

  /** The key of one machine, once all runs were added. `machine`: as `machineIn` said then. */
  keyOf(host: string, machine: string | undefined): string {
    const known = machine ?? this.#firstOfName.get(host);
    if (known === undefined) return JSON.stringify(['name', host]);
    return JSON.stringify(this.#clones.has(known) ? [known, host] : [known]);
  }
}
