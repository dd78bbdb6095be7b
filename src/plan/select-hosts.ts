import type { ErrorInfo } from '../model/error.ts';
import type { InventoryHost } from '../model/host.ts';
import type { Inventory } from '../model/inventory.ts';
import { err, ok, type Result } from '../util/result.ts';
import { suggest } from '../util/suggest.ts';
import { unreachable } from '../util/unreachable.ts';
import { parseHostPattern, type PatternTerm } from './host-pattern.ts';

/**
 * The hosts that a pattern names, in the order of the inventory, narrowed by `limit`, a pattern as well. A name that is neither
 * a host nor a group is an error, and so is a pattern or limit that leaves no host: an empty selection never means "all".
 */
export function selectHosts(
  inventory: Inventory,
  pattern: string,
  limit?: string,
): Result<readonly InventoryHost[], ErrorInfo> {
  const named = resolve(inventory, pattern, 'host pattern');
  if (!named.ok) return named;
  if (limit === undefined) return ok(inOrder(inventory, named.value));

  const allowed = resolve(inventory, limit, 'limit');
  if (!allowed.ok) return allowed;
  const both = keep(named.value, (name) => allowed.value.has(name));
  if (both.size === 0) {
    return usage(
      `no host is both in ${quote(pattern)} (${count(named.value)}) and in the limit ${quote(limit)} (${count(allowed.value)})`,
      'widen --limit, or choose other hosts with --hosts',
    );
  }
  return ok(inOrder(inventory, both));
}

function resolve(inventory: Inventory, pattern: string, what: string): Result<ReadonlySet<string>, ErrorInfo> {
  const terms = parseHostPattern(pattern);
  if (!terms.ok) return usage(`the ${what} ${quote(pattern)} ${terms.error.message}`, terms.error.hint);
  let selected: ReadonlySet<string> = new Set();
  for (const role of ['include', 'intersect', 'exclude'] as const) {
    for (const term of terms.value.filter((candidate) => candidate.role === role)) {
      const hosts = hostsOf(inventory, term, what, pattern);
      if (!hosts.ok) return hosts;
      selected = combine(selected, hosts.value, role);
    }
  }
  if (selected.size === 0) {
    return usage(
      `the ${what} ${quote(pattern)} matches none of the ${inventory.hosts.length} hosts of ${inventory.name}`,
      'an empty selection never means all hosts; correct the pattern or the inventory',
    );
  }
  return ok(selected);
}

function combine(
  selected: ReadonlySet<string>,
  hosts: ReadonlySet<string>,
  role: PatternTerm['role'],
): ReadonlySet<string> {
  switch (role) {
    case 'include':
      return new Set([...selected, ...hosts]);
    case 'intersect':
      return keep(selected, (name) => hosts.has(name));
    case 'exclude':
      return keep(selected, (name) => !hosts.has(name));
    default:
      return unreachable(role);
  }
}

const keep = (names: ReadonlySet<string>, isKept: (name: string) => boolean): ReadonlySet<string> =>
  new Set([...names].filter(isKept));

function hostsOf(
  inventory: Inventory,
  term: PatternTerm,
  what: string,
  pattern: string,
): Result<ReadonlySet<string>, ErrorInfo> {
  const all = inventory.hosts.map((host) => host.name);
  if (term.text === 'all') return ok(new Set(all));
  const found = [
    ...all.filter((name) => term.matches(name)),
    ...inventory.groups.filter((group) => term.matches(group.name)).flatMap((group) => group.hosts),
  ];
  const isKnown = found.length > 0 || inventory.groups.some((group) => term.matches(group.name));
  // A name that is excluded but does not exist is a slip that would widen the selection. A glob may well match nothing.
  if (isKnown || (term.isGlob && term.role === 'exclude')) return ok(new Set(found));

  const known = [...inventory.groups.map((group) => group.name), ...all, 'all'];
  const nearest = suggest(term.text, known);
  return usage(
    `${inventory.name} has no host or group ${quote(term.text)}, which the ${what} ${quote(pattern)} names`,
    nearest === undefined ? `it has ${listNames(known)}` : `did you mean ${quote(nearest)}?`,
  );
}

function listNames(names: readonly string[]): string {
  const shown = names.slice(0, 8);
  const rest = names.length - shown.length;
  return rest > 0 ? `${shown.join(', ')} and ${rest} more` : shown.join(', ');
}

function inOrder(inventory: Inventory, names: ReadonlySet<string>): readonly InventoryHost[] {
  return inventory.hosts.filter((host) => names.has(host.name));
}

const count = (hosts: ReadonlySet<string>): string => (hosts.size === 1 ? '1 host' : `${hosts.size} hosts`);

const quote = (text: string): string => JSON.stringify(text);

const usage = (message: string, hint: string): Result<never, ErrorInfo> => err({ code: 'usage', message, hint });
