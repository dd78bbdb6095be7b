import type { Span } from '../line-map.ts';
import type { YamlEntry, YamlNode } from './node.ts';

/** A map or list whose end has not been read yet. */
export interface Collection {
  readonly kind: 'map' | 'list';
  readonly start: number;
  readonly anchor: string | undefined;
  readonly items: YamlNode[];
  readonly entries: Map<string, YamlEntry>;
  readonly normalForms: Map<string, Span>;
  readonly refused: Set<string>;
  /** The key whose value comes next. `text` undefined: its entry is dropped, after a report. */
  key: { readonly text: string | undefined; readonly span: Span } | undefined;
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
    key: undefined,
    expectsKey: true,
    full: false,
    size: 1,
    height: 1,
    end: start + 1,
  };
}
