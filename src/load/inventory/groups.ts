import { isDeepStrictEqual } from 'node:util';
import { suggest } from '../../util/suggest.ts';
import type { Span } from '../line-map.ts';
import type { Report } from '../report.ts';
import { plainValue, type YamlEntry, type YamlMap, type YamlNode } from '../yaml/node.ts';
import { isHostName } from './address.ts';
import { expandHostRange, MOST_HOSTS } from './host-range.ts';
import { checkVariable } from './variables.ts';

export interface GroupEntry {
  readonly name: string;
  readonly at: Span;
  readonly hosts: Set<string>;
  readonly children: Set<string>;
  readonly vars: Map<string, YamlEntry>;
}

export interface HostEntry {
  readonly name: string;
  readonly at: Span;
  readonly vars: Map<string, YamlEntry>;
}

/** What an inventory file says, each group and host once however often it is named. In the order of the file. */
export interface InventoryEntries {
  readonly groups: ReadonlyMap<string, GroupEntry>;
  readonly hosts: ReadonlyMap<string, HostEntry>;
}

const SECTIONS = ['hosts', 'children', 'vars'];

/** Walks Ansible's YAML form: `GROUP: { hosts: { HOST: VARS }, children: { GROUP: ... }, vars: VARS }`. */
export function readGroups(root: YamlNode, report: Report): InventoryEntries {
  const walk = new GroupWalk(report);
  const top = walk.mapOf(root, 'the file', 'begin it with all:');
  for (const [name, entry] of top?.entries ?? []) walk.group(name, entry);
  return walk;
}

class GroupWalk implements InventoryEntries {
  readonly groups = new Map<string, GroupEntry>();
  readonly hosts = new Map<string, HostEntry>();
  readonly #report: Report;

  constructor(report: Report) {
    this.#report = report;
  }

  group(name: string, { key, value }: YamlEntry): void {
    if (!isHostName(name)) {
      this.#report.error(
        'E_GROUP',
        key,
        `${quote(name)} cannot be the name of a group`,
        'use letters, digits, _ and -',
      );
      return;
    }
    const group = this.groups.get(name) ?? { name, at: key, hosts: new Set(), children: new Set(), vars: new Map() };
    this.groups.set(name, group);
    const body = this.mapOf(value, `the group ${name}`, 'a group holds hosts:, children: and vars:');
    for (const [section, entry] of body?.entries ?? []) this.#section(group, section, entry);
  }

  /** The map, or undefined when there is none, which is reported unless nothing at all is written. */
  mapOf(node: YamlNode, what: string, hint: string): YamlMap | undefined {
    if (node.kind === 'map') return node;
    const isEmpty = node.kind === 'scalar' && node.style === 'plain' && node.text === '';
    if (!isEmpty) this.#report.error('E_TYPE', node.at, `${what} must be a map, not ${nameOf(node)}`, hint);
    return undefined;
  }

  #section(group: GroupEntry, section: string, entry: YamlEntry): void {
    switch (section) {
      case 'hosts':
        return this.#hosts(group, entry.value);
      case 'children':
        return this.#children(group, entry.value);
      case 'vars':
        return this.#vars(entry.value, `the variables of ${group.name}`, group.vars);
      default: {
        const nearest = suggest(section, SECTIONS);
        const hint = nearest === undefined ? `hosts go under ${group.name}: hosts:` : `did you mean ${nearest}?`;
        this.#report.error('E_UNKNOWN_KEY', entry.key, `a group has no ${quote(section)}`, hint);
      }
    }
  }

  #hosts(group: GroupEntry, node: YamlNode): void {
    const map = this.mapOf(node, `the hosts of ${group.name}`, 'write one a line with a colon after it: web01:');
    for (const [key, entry] of map?.entries ?? []) {
      for (const name of this.#hostNames(key, entry.key)) {
        group.hosts.add(name);
        const host = this.hosts.get(name) ?? { name, at: entry.key, vars: new Map() };
        this.hosts.set(name, host);
        this.#vars(entry.value, `the variables of ${name}`, host.vars);
      }
    }
  }

  #hostNames(key: string, at: Span): readonly string[] {
    const names = expandHostRange(key);
    if (!names.ok) {
      this.#report.error('E_RANGE', at, `${quote(key)}: ${names.error}`, 'write a range as web[01:20]');
      return [];
    }
    if (this.hosts.size + names.value.length > 2 * MOST_HOSTS) {
      this.#report.error('E_SIZE', at, `more than ${MOST_HOSTS} hosts in one inventory`, 'split the file');
      return [];
    }
    const wrong = names.value.find((name) => !isHostName(name));
    if (wrong === undefined) return names.value;
    const hint = 'use letters, digits, dots, _ and -; the address goes into ansible_host';
    this.#report.error('E_HOST', at, `${quote(wrong)} cannot be the name of a host`, hint);
    return [];
  }

  #children(group: GroupEntry, node: YamlNode): void {
    const map = this.mapOf(node, `the children of ${group.name}`, 'write one a line with a colon after it: web:');
    for (const [name, entry] of map?.entries ?? []) {
      if (name === 'all') {
        this.#report.error('E_GROUP', entry.key, 'all is the group of all hosts and no child', 'use another name');
        continue;
      }
      group.children.add(name);
      this.group(name, entry);
    }
  }

  #vars(node: YamlNode, what: string, known: Map<string, YamlEntry>): void {
    const map = this.mapOf(node, what, 'write name: value');
    for (const [name, entry] of map?.entries ?? []) {
      checkVariable(name, entry, this.#report);
      const first = known.get(name);
      if (first === undefined) known.set(name, entry);
      else if (!isDeepStrictEqual(plainValue(first.value), plainValue(entry.value))) this.#conflict(name, entry, first);
    }
  }

  #conflict(name: string, { key }: YamlEntry, first: YamlEntry): void {
    const { line, column } = this.#report.lines.position(first.key.start);
    const message = `${name} has another value at ${line}:${column} for the same host or group`;
    this.#report.error('E_DUPHOST', key, message, 'remove one of the two');
  }
}

const nameOf = (node: YamlNode): string => (node.kind === 'list' ? 'a list' : 'a single value');

/** For a message. */
export const quote = (text: string): string => JSON.stringify(text.length > 80 ? `${text.slice(0, 79)}…` : text);
