import { printable } from '../../../util/printable.ts';
import { suggest } from '../../../util/suggest.ts';
import { quoteShort } from '../../../util/shorten.ts';
import type { Span } from '../../line-map.ts';
import type { Report } from '../../report.ts';
import type { YamlEntry, YamlMap, YamlNode } from '../../yaml/node.ts';
import type { InventoryEntries, Variable } from '../entries.ts';
import { expandHosts } from './expand-hosts.ts';
import { resolveYaml11 } from './yaml11.ts';
import type { YamlSource } from './yaml-values.ts';

const SECTIONS = ['hosts', 'children', 'vars'];

/** Adds what Ansible's YAML form says: `GROUP: { hosts: { HOST: VARS }, children: { GROUP: ... }, vars: VARS }`. */
export function addYamlForm(source: YamlSource, root: YamlMap, entries: InventoryEntries): void {
  const plugin = root.entries.get('plugin');
  if (plugin?.value.kind === 'scalar' && plugin.value.text !== '')
    return refusePlugin(source.report, plugin, plugin.value.text);
  const form = new YamlForm(source, entries);
  for (const [name, entry] of root.entries) form.group(name, entry);
}

function refusePlugin(report: Report, { key }: YamlEntry, name: string): void {
  const { file } = report.source;
  const hint = `let a program ask Ansible, and give it as the inventory:\n    printf '#!/bin/sh\\nexec ansible-inventory -i ${file} --list\\n' > inventory.sh && chmod +x inventory.sh`;
  const message = `this configures the plugin ${printable(name)} of Ansible, which runs only there`;
  report.error('E_UNSUPPORTED', key, message, hint);
}

class YamlForm {
  readonly #source: YamlSource;
  readonly #report: Report;
  readonly #entries: InventoryEntries;

  constructor(source: YamlSource, entries: InventoryEntries) {
    this.#source = source;
    this.#report = source.report;
    this.#entries = entries;
  }

  /** False: it is no group, which has been reported. */
  group(name: string, { key, value }: YamlEntry): boolean {
    if (name === '' || !this.#isText(name, key, 'a group')) return false;
    if (value.kind !== 'map' && !isNothing(value)) {
      const hint = 'a group holds hosts:, children: and vars:';
      this.#report.warning(
        'W_SKIPPED',
        key,
        `${quoteShort(name)} is passed over: it is ${nameOf(value)}, no group`,
        hint,
      );
      return false;
    }
    this.#entries.addGroup(name);
    if (value.kind !== 'map') return true;
    for (const [section, entry] of value.entries) this.#section(name, section, entry);
    return true;
  }

  #section(group: string, section: string, entry: YamlEntry): void {
    switch (section) {
      case 'hosts':
        return this.#each(entry, `the hosts of ${group}`, (name, host) => this.#host(group, name, host));
      case 'children':
        return this.#each(entry, `the children of ${group}`, (name, child) => this.#child(group, name, child));
      case 'vars':
        return this.#vars(group, entry);
      default: {
        const nearest = suggest(section, SECTIONS);
        const hint = nearest === undefined ? `hosts go under ${group}: hosts:` : `did you mean ${nearest}?`;
        this.#report.warning('W_SKIPPED', entry.key, `a group has no ${quoteShort(section)}; it is passed over`, hint);
      }
    }
  }

  /** A map, or a single text that stands for a map with this one key. */
  #each({ value }: YamlEntry, what: string, take: (name: string, entry: YamlEntry) => void): void {
    if (value.kind === 'map') {
      for (const [name, entry] of value.entries) take(name, entry);
    } else if (value.kind === 'scalar' && typeof this.#source.value(value) === 'string') {
      take(value.text, { key: value.at, value: { ...value, text: '', style: 'plain' } });
    } else if (!isNothing(value)) {
      const hint = 'write one a line with a colon after it: web01:';
      this.#report.error('E_TYPE', value.at, `${what} must be a map, not ${nameOf(value)}`, hint);
    }
  }

  #host(group: string, pattern: string, { key, value }: YamlEntry): void {
    if (!this.#isText(pattern, key, 'a host')) return;
    const names = expandHosts(pattern, this.#entries);
    if (!names.ok) return this.#report.error(names.error.code, key, names.error.message, names.error.hint);
    if (value.kind !== 'map' && !isFalsy(this.#source.value(value))) {
      const message = `the variables of ${quoteShort(pattern)} must be a map, not ${nameOf(value)}`;
      return this.#report.error('E_TYPE', value.at, message, 'write name: value');
    }
    const vars = value.kind === 'map' ? this.#source.variables(value) : [];
    const where = { lines: this.#report.lines, span: key };
    for (const name of names.value.hosts) {
      this.#entries.addHost(name, group, where, names.value.port);
      this.#set(name, vars, key);
    }
  }

  #child(group: string, name: string, entry: YamlEntry): void {
    if (!this.group(name, entry)) return;
    const added = this.#entries.addChild(group, name);
    if (!added.ok) this.#report.error('E_GROUP', entry.key, added.error, 'remove one of the children');
  }

  #vars(group: string, { key, value }: YamlEntry): void {
    if (value.kind === 'map') this.#set(group, this.#source.variables(value), key);
    else if (value.kind === 'scalar' && typeof this.#source.value(value) === 'string')
      this.#set(group, [{ name: value.text, value: null, where: { lines: this.#report.lines, span: value.at } }], key);
    else if (!isNothing(value)) {
      const message = `the variables of ${group} must be a map, not ${nameOf(value)}`;
      this.#report.error('E_TYPE', value.at, message, 'write name: value');
    }
  }

  #set(entity: string, vars: readonly Variable[], key: Span): void {
    for (const variable of vars) {
      const set = this.#entries.setVariable(entity, variable);
      const span = 'span' in variable.where ? variable.where.span : key;
      if (!set.ok) this.#report.error('E_GROUP', span, set.error, 'write a number');
    }
  }

  /** A number as a name is a mistake to Ansible too. */
  #isText(name: string, key: Span, what: string): boolean {
    const isQuoted = /["']/.test(this.#report.source.text[key.start] ?? '');
    if (isQuoted || typeof resolveYaml11(name) === 'string') return true;
    this.#report.error(
      'E_TYPE',
      key,
      `the name of ${what} must be a text, and YAML reads ${name} otherwise`,
      `write "${name}"`,
    );
    return false;
  }
}

const isNothing = (node: YamlNode): boolean =>
  node.kind === 'scalar' && node.style === 'plain' && resolveYaml11(node.text) === null;

const isFalsy = (value: unknown): boolean =>
  value === null || value === '' || value === 0 || value === false || (Array.isArray(value) && value.length === 0);

const nameOf = (node: YamlNode): string =>
  node.kind === 'list' ? 'a list' : node.kind === 'map' ? 'a map' : 'a single value';
