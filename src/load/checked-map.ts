import { readLiteral } from '../model/literal.ts';
import type { Share } from '../model/runbook.ts';
import { describeValue } from '../model/scalar-literal.ts';
import { parseDuration } from '../util/duration.ts';
import { suggest } from '../util/suggest.ts';
import type { Span } from './line-map.ts';
import type { Report } from './report.ts';
import { headOf, plainValue, type YamlMap, type YamlNode } from './yaml/node.ts';

const MAX_HOSTS = 1_000_000;

interface CheckedPlace {
  /** What stands before each key in a message: `attempts.`, or nothing. */
  readonly path: string;
  readonly report: Report;
  /** What to write, by key. */
  readonly hints: Readonly<Record<string, string>>;
}

/** Reads the values of one map of a file, each with a check of its own: undefined when a key is absent, and after a report. */
export class CheckedMap {
  readonly node: YamlMap;
  readonly report: Report;
  readonly #path: string;
  readonly #hints: Readonly<Record<string, string>>;

  constructor(node: YamlMap, { path, report, hints }: CheckedPlace) {
    this.node = node;
    this.report = report;
    this.#path = path;
    this.#hints = hints;
  }

  /** The structure check has said so when it is none. */
  map(key: string): CheckedMap | undefined {
    const node = this.at(key);
    return node?.kind === 'map' ? this.#inner(node, `${key}.`) : undefined;
  }

  /** The maps of a list, or under the keys of a map: messages name only what is in them. */
  maps(key: string): readonly CheckedMap[] {
    const node = this.at(key);
    const items = node?.kind === 'list' ? node.items : node?.kind === 'map' ? valuesOf(node) : [];
    return items.flatMap((item) => (item.kind === 'map' ? [this.#inner(item, '')] : []));
  }

  text(key: string, wanted: string): string | undefined {
    const node = this.at(key);
    if (node?.kind !== 'scalar' || typeof node.value !== 'string') return this.#refuseIfThere(key, node, wanted);
    return node.value.trim() === '' ? this.refuse(key, node, wanted) : node.value;
  }

  flag(key: string): boolean | undefined {
    return this.read(key, 'true or false', (node) => {
      const value = plainValue(node);
      return typeof value === 'boolean' ? value : undefined;
    });
  }

  choice<T extends string>(key: string, choices: readonly T[]): T | undefined {
    return this.read(key, oneOf(choices), (node) => chosen(node, choices), nearest(choices));
  }

  /** One of them, or a list. */
  choices<T extends string>(key: string, choices: readonly T[]): readonly T[] | undefined {
    return this.several(key, oneOf(choices), (node) => chosen(node, choices), nearest(choices));
  }

  hosts(key: string, wanted = 'a number of hosts, at least 1'): number | undefined {
    return this.read(key, wanted, (node) => asNumber(node, 1, MAX_HOSTS));
  }

  number(key: string, least: number, most: number): number | undefined {
    return this.read(key, `a number from ${least} to ${most}`, (node) => asNumber(node, least, most));
  }

  percent(key: string): number | undefined {
    return this.read(key, 'a percent from 1% to 100%', asPercent);
  }

  share(key: string): Share | undefined {
    return this.read(key, SHARE_WANTED, asShare);
  }

  shares(key: string): readonly Share[] | undefined {
    const node = this.at(key);
    return node?.kind === 'list' ? this.#all(key, node.items, SHARE_WANTED, asShare) : undefined;
  }

  /** Milliseconds. */
  duration(
    key: string,
    {
      least,
      most = Infinity,
      wanted = 'a duration such as 15m',
    }: { readonly least: number; readonly most?: number; readonly wanted?: string },
  ): number | undefined {
    return this.read(key, wanted, (node) => {
      const value = plainValue(node);
      const parsed = readLiteral({ kind: 'duration' }, value).ok ? parseDuration(String(value)) : undefined;
      return parsed?.ok === true && parsed.value >= least && parsed.value <= most ? parsed.value : undefined;
    });
  }

  /** One value, or a list of them that is not empty. */
  several<T>(
    key: string,
    wanted: string,
    parse: (node: YamlNode) => T | undefined,
    hintOf?: (node: YamlNode) => string | undefined,
  ): readonly T[] | undefined {
    const node = this.at(key);
    if (node === undefined) return undefined;
    const items = node.kind === 'list' ? node.items : [node];
    if (items.length === 0) return this.refuse(key, node, `${wanted}, or a list of such`);
    return this.#all(key, items, wanted, parse, hintOf);
  }

  read<T>(
    key: string,
    wanted: string,
    parse: (node: YamlNode) => T | undefined,
    hintOf?: (node: YamlNode) => string | undefined,
  ): T | undefined {
    const node = this.at(key);
    return node === undefined ? undefined : (parse(node) ?? this.refuse(key, node, wanted, hintOf?.(node)));
  }

  at(key: string): YamlNode | undefined {
    return this.node.entries.get(key)?.value;
  }

  /** Of the key; of the map, where it is absent. */
  keyOf(key: string): Span {
    return this.node.entries.get(key)?.key ?? headOf(this.node);
  }

  refuse(key: string, node: YamlNode, wanted: string, hint?: string): undefined {
    const found = describeValue(plainValue(node));
    const message = `${this.#path}${key}: expected ${wanted}, found ${found}`;
    this.report.error('E_RANGE', node.at, message, hint ?? this.#hints[key]);
  }

  #refuseIfThere(key: string, node: YamlNode | undefined, wanted: string): undefined {
    if (node !== undefined) this.refuse(key, node, wanted);
  }

  #all<T>(
    key: string,
    items: readonly YamlNode[],
    wanted: string,
    parse: (node: YamlNode) => T | undefined,
    hintOf?: (node: YamlNode) => string | undefined,
  ): readonly T[] | undefined {
    const values = items.map((item) => parse(item) ?? this.refuse(key, item, wanted, hintOf?.(item)));
    const known = values.filter((value) => value !== undefined);
    return known.length === values.length ? known : undefined;
  }

  #inner(node: YamlMap, path: string): CheckedMap {
    return new CheckedMap(node, { path, report: this.report, hints: this.#hints });
  }
}

const SHARE_WANTED = 'a number of hosts, at least 1, or a percent such as 25%';

const valuesOf = (node: YamlMap): readonly YamlNode[] => [...node.entries.values()].map(({ value }) => value);

const oneOf = (choices: readonly string[]): string =>
  choices.length === 1 ? (choices[0] ?? '') : `one of ${choices.join(', ')}`;

const chosen = <T extends string>(node: YamlNode, choices: readonly T[]): T | undefined =>
  choices.find((choice) => choice === plainValue(node));

function nearest(choices: readonly string[]): (node: YamlNode) => string | undefined {
  return (node) => {
    const near = node.kind === 'scalar' ? suggest(node.text, choices) : undefined;
    return near === undefined ? undefined : `did you mean ${near}?`;
  };
}

function asNumber(node: YamlNode, least: number, most: number): number | undefined {
  const value = plainValue(node);
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most ? value : undefined;
}

function asPercent(node: YamlNode): number | undefined {
  const read = readLiteral({ kind: 'percent' }, plainValue(node));
  return read.ok && typeof read.value === 'number' && read.value > 0 ? read.value : undefined;
}

function asShare(node: YamlNode): Share | undefined {
  const hosts = asNumber(node, 1, MAX_HOSTS);
  if (hosts !== undefined) return { kind: 'hosts', hosts };
  const percent = asPercent(node);
  return percent === undefined ? undefined : { kind: 'percent', percent };
}
