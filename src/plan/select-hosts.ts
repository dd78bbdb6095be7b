import type { ErrorInfo } from '../model/error.ts';
import type { InventoryHost } from '../model/host.ts';
import {
  parseHostPattern,
  parseTerms,
  splitHostPattern,
  type PatternError,
  type PatternTerm,
} from '../model/host-pattern.ts';
import type { Inventory } from '../model/inventory.ts';
import { count } from '../util/count.ts';
import { err, ok, type Result } from '../util/result.ts';
import { unreachable } from '../util/unreachable.ts';
import { HostNames } from './host-names.ts';

/** The lines of a file that a limit names; those that say nothing are left out. */
export type ReadNames = (file: string) => Result<readonly string[], ErrorInfo>;

export interface HostChoice {
  readonly pattern?: string | undefined;
  /** A pattern that narrows it, in which `@FILE` stands for names, one a line. Alone it is the pattern. */
  readonly limit?: string | undefined;
}

/**
 * The hosts that a pattern names, in the order in which it names them, as in Ansible. A name that is neither a host nor a group is
 * an error, and so is a pattern or limit that leaves no host: an empty selection never means "all".
 */
export function selectHosts(
  inventory: Inventory,
  { pattern, limit }: HostChoice,
  readNames: ReadNames,
): Result<readonly InventoryHost[], ErrorInfo> {
  const names = new HostNames(inventory);
  const named = pattern === undefined ? undefined : resolve(names, { what: 'host pattern', text: pattern });
  if (named?.ok === false) return named;
  const allowed = limit === undefined ? undefined : resolve(names, { what: 'limit', text: limit, readNames });
  if (allowed?.ok === false) return allowed;

  if (named === undefined || allowed === undefined) return ok(names.hosts((named ?? allowed)?.value ?? new Set()));
  const both = keep(named.value, (name) => allowed.value.has(name));
  if (both.size > 0) return ok(names.hosts(both));
  const [inPattern, inLimit] = [named, allowed].map(({ value }) => count(value.size, 'host'));
  return usage(
    `no host is both in ${quote(pattern)} (${inPattern}) and in the limit ${quote(limit)} (${inLimit})`,
    'widen --limit, or choose other hosts with --hosts',
  );
}

/**
 * The names of the hosts that a pattern means here, which may be none: for who asks whether a host is one of them. Undefined: a host or a
 * group that it names by its whole name is not there, so that nobody can tell.
 */
export function hostsMeant(inventory: Inventory, pattern: string): ReadonlySet<string> | undefined {
  const terms = parseHostPattern(pattern);
  if (!terms.ok) return undefined;
  const names = new HostNames(inventory);
  const found = terms.value.map((term) => ({ ...term, hosts: names.ofTerm(term) }));
  if (found.some((term) => !term.hosts.ok && (term.names.kind === 'name' || term.members !== undefined))) {
    return undefined;
  }
  return combineAll(found.map(({ role, hosts }) => ({ role, hosts: hosts.ok ? hosts.value : [] })));
}

interface Written {
  readonly what: string;
  readonly text: string;
  /** Absent where `@FILE` is no term. */
  readonly readNames?: ReadNames;
}

function resolve(names: HostNames, written: Written): Result<ReadonlySet<string>, ErrorInfo> {
  const terms = readTerms(written);
  if (!terms.ok) return terms;
  const { name, hosts } = names.inventory;
  const given = `the ${written.what} ${quote(written.text)}`;
  const resolved: { readonly role: PatternTerm['role']; readonly hosts: readonly string[] }[] = [];
  for (const term of terms.value) {
    const found = names.ofTerm(term);
    if (!found.ok) return usage(`${name} ${found.error.message}, which ${given} names`, found.error.hint);
    resolved.push({ role: term.role, hosts: found.value });
  }
  const selected = combineAll(resolved);
  if (selected.size > 0) return ok(selected);
  return usage(
    `${given} matches none of the ${hosts.length} hosts of ${name}`,
    'an empty selection never means all hosts; correct the pattern or the inventory',
  );
}

function readTerms({ what, text, readNames }: Written): Result<readonly PatternTerm[], ErrorInfo> {
  const wrong = ({ message, hint }: PatternError) => usage(`the ${what} ${quote(text)} ${message}`, hint);
  const split = splitHostPattern(text);
  if (!split.ok) return wrong(split.error);
  const terms: string[] = [];
  for (const term of split.value) {
    const lines = readNames !== undefined && term.startsWith('@') ? readNames(term.slice(1)) : ok([term]);
    if (!lines.ok) return lines;
    terms.push(...lines.value);
  }
  if (terms.length === 0) return wrong({ message: 'names a file without a host', hint: EMPTY_FILE });
  const parsed = parseTerms(terms);
  return parsed.ok ? parsed : wrong(parsed.error);
}

const EMPTY_FILE = 'where nothing failed there is nothing to do; all hosts are written out: all';

/** Hosts are first added, then narrowed, then taken away. */
function combineAll(
  terms: readonly { readonly role: PatternTerm['role']; readonly hosts: readonly string[] }[],
): ReadonlySet<string> {
  const inOrder = (['include', 'intersect', 'exclude'] as const).flatMap((role) =>
    terms.filter((term) => term.role === role),
  );
  return inOrder.reduce<ReadonlySet<string>>((selected, { hosts, role }) => combine(selected, hosts, role), new Set());
}

function combine(
  selected: ReadonlySet<string>,
  hosts: readonly string[],
  role: PatternTerm['role'],
): ReadonlySet<string> {
  if (role === 'include') return new Set([...selected, ...hosts]);
  const others = new Set(hosts);
  switch (role) {
    case 'intersect':
      return keep(selected, (name) => others.has(name));
    case 'exclude':
      return keep(selected, (name) => !others.has(name));
    default:
      return unreachable(role);
  }
}

const keep = (names: ReadonlySet<string>, isKept: (name: string) => boolean): ReadonlySet<string> =>
  new Set([...names].filter(isKept));

const quote = (text: string | undefined): string => JSON.stringify(text);

const usage = (message: string, hint: string): Result<never, ErrorInfo> => err({ code: 'usage', message, hint });
