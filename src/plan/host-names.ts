import type { InventoryHost } from '../model/host.ts';
import type { Members, PatternTerm } from '../model/host-pattern.ts';
import type { Inventory } from '../model/inventory.ts';
import type { NamePattern } from '../model/name-pattern.ts';
import { count } from '../util/count.ts';
import { err, ok, type Result } from '../util/result.ts';
import { suggest } from '../util/suggest.ts';

/** Follows on the name of the inventory: `has no host or group "wbe"`. */
interface NotThere {
  readonly message: string;
  readonly hint: string;
}

/** The hosts and groups of an inventory by their names, as the terms of patterns look for them. */
export class HostNames {
  readonly inventory: Inventory;
  readonly #hosts: ReadonlyMap<string, InventoryHost>;
  readonly #groups: ReadonlyMap<string, readonly string[]>;

  constructor(inventory: Inventory) {
    this.inventory = inventory;
    this.#hosts = new Map(inventory.hosts.map((host) => [host.name, host]));
    this.#groups = new Map([['ungrouped', []], ...inventory.groups.map(({ name, hosts }) => [name, hosts] as const)]);
  }

  hosts(names: ReadonlySet<string>): readonly InventoryHost[] {
    return [...names].flatMap((name) => this.#hosts.get(name) ?? []);
  }

  /**
   * The names of the term's hosts, in Ansible's order: those of each group that it names, then single ones; who is in two groups
   * stands there twice, and counts twice for members. An error when it names nothing; a glob that takes away may name nothing.
   */
  ofTerm({ names, members, role, text }: PatternTerm): Result<readonly string[], NotThere> {
    // What is added is a host before it is a group of that name. What narrows or takes away is not: measured with Ansible 2.14.
    if (role === 'include' && this.#hosts.has(text)) return ok([text]);
    const found = this.#named(names);
    if (found === undefined && (names.kind === 'name' || role !== 'exclude')) return err(this.#missing(text, members));
    const hosts = found ?? [];
    return members === undefined || hosts.length === 0 ? ok(hosts) : membersOf(hosts, members, text);
  }

  /** Undefined when there is neither a host nor a group. */
  #named(names: NamePattern): readonly string[] | undefined {
    if (names.kind !== 'name') return this.#matching(names.matches);
    const { name } = names;
    if (name === 'all') return this.inventory.all.hosts;
    const group = this.#groups.get(name);
    const isHost = this.#hosts.has(name) && (group === undefined || name.includes('.'));
    return group === undefined && !isHost ? undefined : [...(group ?? []), ...(isHost ? [name] : [])];
  }

  #matching(matches: (name: string) => boolean): readonly string[] | undefined {
    const groups = [...this.#groups].filter(([name]) => matches(name));
    const hosts = [...this.#hosts.keys()].filter(matches);
    return groups.length + hosts.length === 0 ? undefined : [...groups.flatMap(([, each]) => each), ...hosts];
  }

  #missing(text: string, members: Members | undefined): NotThere {
    const message = `has no host or group ${JSON.stringify(text)}`;
    const known = [...this.inventory.groups.map(({ name }) => name), ...this.#hosts.keys(), 'all'];
    const nearest = suggest(text.replace(/\[[^\]]*\]$/, ''), known);
    if (nearest !== undefined) return { message, hint: `did you mean ${JSON.stringify(nearest)}?` };
    return { message, hint: hintFor(text, members) ?? `it has ${listNames(known)}` };
  }
}

function membersOf(
  hosts: readonly string[],
  { first, last }: Members,
  text: string,
): Result<readonly string[], NotThere> {
  if (last !== undefined) return ok(hosts.slice(first, last + 1));
  const host = hosts.at(first);
  if (host !== undefined) return ok([host]);
  const names = text.slice(0, text.lastIndexOf('['));
  const hint = `they are counted from 0: ${names}[0] to ${names}[${hosts.length - 1}]`;
  return err({
    message: `has only ${count(hosts.length, 'host')} for ${JSON.stringify(names)}, and so no ${text}`,
    hint,
  });
}

function hintFor(text: string, members: Members | undefined): string | undefined {
  if (['localhost', '127.0.0.1', '::1'].includes(text)) return 'this machine itself, without an inventory: --local';
  if (members !== undefined) {
    const names = text.slice(0, text.lastIndexOf('['));
    return `as in Ansible this is a count of the hosts of a group ${names}; for names write ${names}* or ~${names}0[12]$`;
  }
  if (/:\d+$/.test(text)) return 'a pattern has no ports; they are in the inventory: ansible_port';
  return text.includes(':') ? 'where a pattern has a comma, only commas separate its terms' : undefined;
}

function listNames(names: readonly string[]): string {
  const shown = names.slice(0, 8);
  const rest = names.length - shown.length;
  return rest > 0 ? `${shown.join(', ')} and ${rest} more` : shown.join(', ');
}
