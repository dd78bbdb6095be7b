import { splitShellWords } from '../../../util/shell-words.ts';
import type { Span } from '../../line-map.ts';
import type { Report } from '../../report.ts';
import { Secret } from '../../../util/secret.ts';
import type { InventoryEntries, Variable } from '../entries.ts';
import { expandHosts } from './expand-hosts.ts';
import { readPythonLiteral } from './python-literal.ts';

type Section = 'hosts' | 'children' | 'vars';

const SECTION = /^\[([^:\]\s]+)(?::(\w+))?\]\s*(?:#.*)?$/u;
const GROUP_NAME = /^([^:\]\s]+)\s*(?:#.*)?$/u;
/** Where Python's `splitlines` breaks. */
const LINE = /[^\r\n\v\f\u001c-\u001e\u0085\u2028\u2029]*/y;

/** Adds what Ansible's INI form says. `isSealed`: it comes from a vault. */
export function addIniForm(
  report: Report,
  entries: InventoryEntries,
  { isSealed }: { readonly isSealed: boolean },
): void {
  const form = new IniForm(report, entries, isSealed);
  for (const line of linesOf(report.source.text)) form.line(line.text, line.start);
  form.end();
}

function* linesOf(text: string): Generator<{ readonly text: string; readonly start: number }> {
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  while (at < text.length) {
    LINE.lastIndex = at;
    const line = LINE.exec(text)?.[0] ?? '';
    const lead = line.length - line.trimStart().length;
    const words = line.trim();
    if (words !== '' && !words.startsWith('#') && !words.startsWith(';')) yield { text: words, start: at + lead };
    at += line.length + 1;
  }
}

/** A group that was named as a child, or given variables, before it was declared. */
interface Pending {
  readonly kind: 'children' | 'vars';
  readonly at: Span;
  readonly parents: string[];
}

class IniForm {
  readonly #report: Report;
  readonly #entries: InventoryEntries;
  readonly #isSealed: boolean;
  readonly #pending = new Map<string, Pending>();
  #group = 'ungrouped';
  /** Undefined: the section is wrong, and its lines are passed over. */
  #section: Section | undefined = 'hosts';

  constructor(report: Report, entries: InventoryEntries, isSealed: boolean) {
    this.#report = report;
    this.#entries = entries;
    this.#isSealed = isSealed;
  }

  line(text: string, start: number): void {
    const at = { start, end: start + text.length };
    const section = SECTION.exec(text);
    if (section !== null) return this.#begin(section[1] ?? '', section[2] ?? 'hosts', at);
    if (text.startsWith('[') && text.endsWith(']'))
      return this.#fail(
        'E_INI',
        at,
        'this is no section',
        'write [group], [group:children] or [group:vars], without spaces',
      );
    switch (this.#section) {
      case 'hosts':
        return this.#host(text, at);
      case 'children':
        return this.#child(text, at);
      case 'vars':
        return this.#var(text, at);
      case undefined:
    }
  }

  /** What was never declared. */
  end(): void {
    for (const [name, { kind, at, parents }] of this.#pending) {
      const message =
        kind === 'vars'
          ? `[${name}:vars] is about a group that is declared nowhere`
          : `[${parents.at(-1) ?? ''}:children] names the group ${name}, which is declared nowhere`;
      this.#report.error('E_GROUP', at, message, `write [${name}] with its hosts, or remove this`);
    }
  }

  #begin(group: string, kind: string, at: Span): void {
    this.#group = group;
    this.#section = kind === 'hosts' || kind === 'children' || kind === 'vars' ? kind : undefined;
    if (this.#section === undefined)
      return this.#fail(
        'E_INI',
        at,
        `[${group}:${kind}] is no kind of section`,
        'there are [group], [group:children] and [group:vars]',
      );
    if (!this.#entries.groups.has(group)) {
      if (kind === 'vars' && !this.#pending.has(group)) this.#pending.set(group, { kind, at, parents: [] });
      this.#entries.addGroup(group);
    }
    if (kind === 'vars') return;
    const pending = this.#pending.get(group);
    if (pending?.kind === 'children') this.#addPending(group, pending);
    else this.#pending.delete(group);
  }

  /** A group can only be a child once it is declared; then its parents may be, too. */
  #addPending(group: string, { parents, at }: Pending): void {
    this.#pending.delete(group);
    for (const parent of parents) {
      this.#add(parent, group, at);
      const above = this.#pending.get(parent);
      if (above?.kind === 'children') this.#addPending(parent, above);
    }
  }

  #host(text: string, at: Span): void {
    const words = splitShellWords(text, { comments: true });
    if (!words.ok) return this.#fail('E_INI', at, words.error, 'put a value with spaces, quotes or # into quotes');
    const [name, ...assignments] = words.value;
    if (name === undefined) return;
    const nameAt = { start: at.start + name.start, end: at.start + name.end };
    const hosts = this.#hosts(name.text, nameAt);
    if (hosts === undefined) return;
    const vars: Variable[] = [];
    for (const { text: word, start, end } of assignments) {
      const wordAt = { start: at.start + start, end: at.start + end };
      const equals = word.indexOf('=');
      // One word is often the reason for all that follow.
      if (equals < 0) return this.#fail('E_INI', wordAt, 'after the host come variables', hintForWords(text));
      vars.push(this.#variable(word.slice(0, equals), word.slice(equals + 1), wordAt));
    }
    for (const host of hosts.hosts) {
      this.#entries.addHost(host, this.#group, { lines: this.#report.lines, span: nameAt }, hosts.port);
      for (const variable of vars) this.#set(host, variable, nameAt);
    }
  }

  #hosts(pattern: string, at: Span) {
    if (pattern === '---')
      return void this.#fail('E_INI', at, '--- begins YAML, and what follows is the INI form', 'remove this line');
    const hosts = expandHosts(pattern, this.#entries);
    if (!hosts.ok) return void this.#fail(hosts.error.code, at, hosts.error.message, hosts.error.hint);
    if (pattern.endsWith(':') && hosts.value.port === undefined)
      return void this.#fail('E_HOST', at, 'a port is missing after the colon', 'write web01 or web01:22');
    return hosts.value;
  }

  #child(text: string, at: Span): void {
    const child = GROUP_NAME.exec(text)?.[1];
    if (child === undefined)
      return this.#fail('E_INI', at, 'here stand names of groups, one a line', 'write variables under [group:vars]');
    if (this.#entries.groups.has(child)) return this.#add(this.#group, child, at);
    const pending = this.#pending.get(child);
    if (pending === undefined) this.#pending.set(child, { kind: 'children', at, parents: [this.#group] });
    else pending.parents.push(this.#group);
  }

  #var(text: string, at: Span): void {
    const equals = text.indexOf('=');
    if (equals < 0) return this.#fail('E_INI', at, 'here stand variables', 'write name=value');
    const value = text.slice(equals + 1);
    const start = at.start + equals + 1 + (value.length - value.trimStart().length);
    const span = value.trim() === '' ? at : { start, end: at.end };
    this.#set(this.#group, this.#variable(text.slice(0, equals).trim(), value.trim(), span), at);
  }

  #variable(name: string, written: string, span: Span): Variable {
    const literal = readPythonLiteral(written);
    const value = literal === undefined ? written : literal.value;
    const isHidden = this.#isSealed && (typeof value === 'string' || typeof value === 'number');
    return {
      name,
      value: isHidden ? new Secret(String(value)) : value,
      written,
      where: { lines: this.#report.lines, span },
    };
  }

  #set(entity: string, variable: Variable, at: Span): void {
    const set = this.#entries.setVariable(entity, variable);
    if (!set.ok) this.#fail('E_GROUP', at, set.error, 'write a number');
  }

  #add(parent: string, child: string, at: Span): void {
    const added = this.#entries.addChild(parent, child);
    if (!added.ok) this.#fail('E_GROUP', at, added.error, 'remove one of the children');
  }

  #fail(code: string, at: Span, message: string, hint: string): void {
    this.#report.error(code, at, message, hint);
  }
}

function hintForWords(line: string): string {
  if (/=[^"'=]*\{\{\s/.test(line)) return 'put a template with spaces in it into quotes: name="{{ other }}"';
  return 'write name=value, values with spaces in quotes; a comment begins with #';
}
