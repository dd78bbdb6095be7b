import type { Span } from '../line-map.ts';
import type { Report } from '../report.ts';
import type { YamlEntry, YamlNode } from './node.ts';

/** The key `<<`, which is none. */
export const MERGE = Symbol('<<');

/** A map or list whose end has not been read yet. */
export interface Collection {
  readonly kind: 'map' | 'list';
  readonly start: number;
  readonly anchor: string | undefined;
  readonly items: YamlNode[];
  readonly entries: Map<string, YamlEntry>;
  readonly normalForms: Map<string, Span>;
  readonly refused: Set<string>;
  /** What stands under `<<`. */
  readonly merges: YamlEntry[];
  /** The key whose value comes next. `text` undefined: its entry is dropped, after a report. */
  key: { readonly text: string | typeof MERGE | undefined; readonly span: Span } | undefined;
  expectsKey: boolean;
  /** That it has too many keys has been reported. */
  full: boolean;
  size: number;
  height: number;
  end: number;
}

export function openCollection(kind: Collection['kind'], start: number, anchor: string | undefined): Collection {
  return {
    kind,
    start,
    anchor,
    items: [],
    entries: new Map(),
    normalForms: new Map(),
    refused: new Set(),
    merges: [],
    key: undefined,
    expectsKey: true,
    full: false,
    size: 1,
    height: 1,
    end: start + 1,
  };
}

/** Puts what stands under `<<` before the map's own keys, which win over it; in a list the first map wins. */
export function applyMerges({ merges, entries }: Collection, report: Report): void {
  if (merges.length === 0) return;
  const own = [...entries];
  entries.clear();
  for (const { key, value } of merges) {
    const maps = value.kind === 'list' ? value.items.toReversed() : [value];
    for (const map of maps) {
      if (map.kind === 'map') for (const [name, entry] of map.entries) entries.set(name, entry);
      else report.error('E_MERGE', key, 'only a map can be merged', 'write <<: *name, with a map at &name');
    }
  }
  for (const [name, entry] of own) entries.set(name, entry);
}
