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
  /** Only in Ansible's files. */
  readonly tag?: string;
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
  /** Keys that are there with a value that was refused: they are not missing. */
  readonly refused: ReadonlySet<string>;
}

export interface YamlEntry {
  readonly key: Span;
  readonly value: YamlNode;
}

interface Sized {
  /** Nodes in it with all aliases expanded, a long text counted as several, and the depth of it. */
  readonly size: number;
  readonly height: number;
}

/** A text is read again at each of its aliases. */
export function sizeOf(text: string): number {
  return 1 + Math.floor(text.length / 100);
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

/** The node at a JSON pointer. */
export function nodeAt(root: YamlNode, pointer: string): YamlNode | undefined {
  let node: YamlNode | undefined = root;
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (node?.kind === 'list') node = node.items[Number(name)];
    else if (node?.kind === 'map') node = node.entries.get(name)?.value;
    else return undefined;
  }
  return node;
}

/** Where to point when all of it is meant: the first key of a map, the first character of a list. */
export function headOf(node: YamlNode): Span {
  if (node.kind === 'scalar') return node.at;
  const first = node.kind === 'map' ? [...node.entries.values()][0] : undefined;
  return first !== undefined && first.key.start === node.at.start
    ? first.key
    : { start: node.at.start, end: node.at.start + 1 };
}
