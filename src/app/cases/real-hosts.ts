import type { InventoryHost } from '../../model/host.ts';
import { err, ok, type Result } from '../../util/result.ts';
import { suggest } from '../../util/suggest.ts';
import { openInventory, type InventoryOptions } from '../open-inventory.ts';
import type { Site } from '../surroundings.ts';
import { because, type Trouble } from '../trouble.ts';

const VARIABLE = 'runbook_disposable';

/** Hosts that may be broken on purpose. */
export interface Disposable {
  /** Those that were named, each once. */
  readonly hosts: readonly string[];
  /** Of any host of the inventory, such as one that a step is delegated to. */
  readonly isDisposable: (name: string) => boolean;
}

/** The hosts that may be broken on purpose: each must be in the inventory and say so there. Contacts none. */
export async function disposableHosts(
  names: readonly string[],
  options: InventoryOptions,
  here: Site,
): Promise<Result<Disposable, Trouble>> {
  if (names.length === 0)
    return err(because({ code: 'usage', message: '--on names no host', hint: 'write --on web01' }));
  const opened = await openInventory(options, here);
  if (!opened.ok) return opened;
  const { hosts, name: inventory } = opened.value.value.inventory;
  const known = new Map(hosts.map((host) => [host.name, host]));
  const gone = names.filter((name) => !known.has(name));
  const [first] = gone;
  if (first !== undefined) {
    const near = suggest(first, known.keys());
    const hint = near === undefined ? 'give names of hosts, with commas between' : `did you mean ${near}?`;
    return err(because({ code: 'usage', message: `${inventory} has no host ${gone.join(', ')}`, hint }));
  }
  const kept = names.filter((name) => !isDisposable(known.get(name)));
  if (kept.length > 0) {
    const hint = `if they may be broken on purpose, set ${VARIABLE}: true for them in the inventory`;
    const message = `faults are made only on hosts that are ${VARIABLE}; not so: ${kept.join(', ')}`;
    return err(because({ code: 'refused', message, hint }));
  }
  const twin = firstTwin(names, hosts);
  if (twin !== undefined) {
    const hint = isDisposable(twin.other)
      ? `name one of them`
      : `set ${VARIABLE}: true for both, if they may be broken`;
    const message = `${twin.name} and ${twin.other.name} have the same address: they are one machine`;
    return err(because({ code: 'refused', message, hint }));
  }
  return ok({ hosts: [...new Set(names)], isDisposable: (name) => isMeant(known.get(name), hosts) });
}

/** Of the named hosts: one that is a machine which may not be broken, or which is named already, by another name. */
function firstTwin(
  names: readonly string[],
  hosts: readonly InventoryHost[],
): { readonly name: string; readonly other: InventoryHost } | undefined {
  for (const host of hosts.filter(({ name }) => names.includes(name))) {
    const other = hosts.find((each) => isTwin(each, host) && (names.includes(each.name) || !isDisposable(each)));
    if (other !== undefined) return { name: host.name, other };
  }
  return undefined;
}

const isMeant = (host: InventoryHost | undefined, hosts: readonly InventoryHost[]): boolean =>
  host !== undefined && isDisposable(host) && !hosts.some((other) => isTwin(other, host) && !isDisposable(other));

/** By what the inventory says alone. Options and settings of ssh may lead to another machine, as through another jump host. */
function isTwin(one: InventoryHost, other: InventoryHost): boolean {
  if (one === other) return false;
  if (one.connection === 'local' || other.connection === 'local') return one.connection === other.connection;
  const reach = ({ address, port = 22, sshOptions, sshConfigFile = '' }: InventoryHost): string =>
    JSON.stringify([address.toLowerCase(), port, sshOptions, sshConfigFile]);
  return reach(one) === reach(other);
}

/** An INI inventory has texts. */
function isDisposable(host: InventoryHost | undefined): boolean {
  const value = host?.vars[VARIABLE];
  return value === true || value === 'true';
}
