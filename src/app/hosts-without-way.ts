import type { ErrorInfo } from '../model/error.ts';
import type { InventoryHost } from '../model/host.ts';
import type { Diagnostic } from '../model/source.ts';
import { count } from '../util/count.ts';

/** Why hosts that were chosen can't be reached as they are written, with their names; what is written for several of them once. */
export function problemsOf(hosts: readonly InventoryHost[]): readonly Diagnostic[] {
  const alike = new Map<string, { readonly problem: Diagnostic; readonly names: string[] }>();
  for (const { name, problems } of hosts) {
    for (const problem of problems) {
      const key = JSON.stringify([problem.code, problem.message, problem.at]);
      const known = alike.get(key) ?? { problem, names: [] };
      alike.set(key, known);
      known.names.push(name);
    }
  }
  return [...alike.values()].map(({ problem, names: [first = '', ...others] }) => ({
    ...problem,
    message: `${others.length === 0 ? first : `${first} and ${count(others.length, 'more host')}`}: ${problem.message}`,
  }));
}

/** More names make no command that anybody types. */
const MOST_NAMES = 8;

/** How the others can be chosen; undefined where all can be reached as they are written, or none. */
export function othersOf(hosts: readonly InventoryHost[], limit: string | undefined): ErrorInfo | undefined {
  const without = hosts.filter(({ problems }) => problems.some(({ severity }) => severity === 'error'));
  if (without.length === 0 || without.length === hosts.length) return undefined;
  const message = `${without.length} of ${count(hosts.length, 'chosen host')} cannot be reached as they are written`;
  const names = without.map(({ name }) => name);
  const wanted = limit ?? 'all';
  // A colon in an address would separate, and with a comma only commas do.
  const separator =
    wanted.includes(',') || (names.some((name) => name.includes(':')) && limit === undefined) ? ',' : ':';
  if (names.length > MOST_NAMES || (separator === ':' && names.some((name) => name.includes(':')))) {
    return {
      code: 'usage',
      message,
      hint: "choose others with --hosts or --limit, as by a group: --limit 'all:!windows'",
    };
  }
  const pattern = [wanted, ...names.map((name) => `!${name}`)].join(separator);
  return { code: 'usage', message, hint: `to leave them out: --limit '${pattern}'` };
}
