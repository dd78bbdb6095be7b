import { cutToWidth, printableLine, widthOf } from '../util/printable.ts';
import type { Page } from './labelled.ts';

/** Hosts of which the same is to be said. */
export interface Fold<T> {
  readonly hosts: readonly string[];
  readonly first: T;
}

/** Brings those with the same key together, in the order of their first. */
export function foldHosts<T extends { readonly host: string }>(
  all: readonly T[],
  keyOf: (each: T) => string,
): readonly Fold<T>[] {
  const folds = new Map<string, { hosts: string[]; first: T }>();
  for (const each of all) {
    const key = keyOf(each);
    const fold = folds.get(key);
    if (fold === undefined) folds.set(key, { hosts: [each.host], first: each });
    else fold.hosts.push(each.host);
  }
  return [...folds.values()];
}

const LONGEST_TITLE = 40;
const LEAST_NAMES = 3;

/** `web01 web02 web03 and 9 more (12 hosts)`; all names where nothing wraps, for whoever searches. */
export function titleOf(hosts: readonly string[], { columns }: Pick<Page, 'columns'>): string {
  const names = hosts.map((host) =>
    Number.isFinite(columns) ? cutToWidth(printableLine(host), 30) : printableLine(host),
  );
  const all = names.join(' ');
  if (hosts.length === 1) return all;
  if (widthOf(all) <= LONGEST_TITLE || !Number.isFinite(columns)) return `${all} (${hosts.length} hosts)`;
  const shown = names.slice(0, LEAST_NAMES);
  return `${shown.join(' ')} and ${hosts.length - shown.length} more (${hosts.length} hosts)`;
}

/** Titles in a column, as far as they are short. */
export function titleWidth(titles: readonly string[]): number {
  const short = titles.map(widthOf).filter((width) => width <= LONGEST_TITLE / 2);
  return Math.max(4, ...short);
}
