import type { ScalarEvent } from 'js-yaml';
import type { SecretName } from '../../model/scalar-literal.ts';
import type { Span } from '../line-map.ts';

/** A value of a YAML file with its place. An alias is the very node its anchor names. */
export type YamlNode = YamlScalar | YamlList | YamlMap;

export interface YamlScalar extends Sized {
  readonly kind: 'scalar';
  /** Quotes included; of a block scalar, its content. */
  readonly at: Span;
  readonly value: string | number | boolean | SecretName;
  /** As decoded; of a number or a boolean, as written. */
  readonly text: string;
  readonly style: 'plain' | 'quoted' | 'block';
  readonly event: ScalarEvent;
}

export interface YamlList extends Sized {
  readonly kind: 'list';
  readonly at: Span;
  readonly items: readonly YamlNode[];
}

export interface YamlMap extends Sized {
  readonly kind: 'map';
  readonly at: Span;
  readonly entries: ReadonlyMap<string, YamlEntry>;
}

export interface YamlEntry {
  readonly key: Span;
  readonly value: YamlNode;
}

interface Sized {
  /** Nodes in it with all aliases expanded, and the depth of it. */
  readonly size: number;
  readonly height: number;
}

/** The value as plain data: objects, arrays, texts, numbers, booleans, and `SecretName`. */
export function plainValue(node: YamlNode): unknown {
  switch (node.kind) {
    case 'scalar':
      return node.value;
    case 'list':
      return node.items.map(plainValue);
    case 'map':
      return Object.fromEntries([...node.entries].map(([key, entry]) => [key, plainValue(entry.value)]));
  }
}
