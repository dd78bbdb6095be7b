import { getScalarValue, type AliasEvent, type Event, type ScalarEvent } from 'js-yaml';
import { SecretName } from '../../model/scalar-literal.ts';
import type { Span } from '../line-map.ts';
import type { Report } from '../report.ts';
import { applyMerges, MERGE, openCollection, type Collection } from './collection.ts';
import { sizeOf, type YamlNode, type YamlScalar } from './node.ts';
import { resolvePlain } from './scalar.ts';
import { quoted } from './traps.ts';

const MAX_DEPTH = 32;
const RESERVED = new Set(['__proto__', 'constructor', 'prototype']);
const ANSIBLE_TAGS: ReadonlySet<string> = new Set([
  '!vault',
  '!vault-encrypted',
  '!unsafe',
  ...['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((name) => `!!${name}`),
]);

/** What differs between kinds of files. */
export interface YamlRules {
  readonly maxLength: number;
  readonly maxEvents: number;
  readonly maxKeys: number;
  readonly maxAliasNodes: number;
  /**
   * What the language refuses is taken as Ansible takes it: merge keys, a key that is there twice (with a warning), tags, and
   * plain scalars that only their reader can tell. Ansible's files are full of these.
   */
  readonly lenient: boolean;
}

/** Makes nodes of a document's events and reports what the language does not take. Undefined when there is no value at all. */
export class Builder {
  readonly #report: Report;
  readonly #text: string;
  readonly #shift: number;
  readonly #rules: YamlRules;
  readonly #open: Collection[] = [];
  readonly #anchors = new Map<string, YamlNode | 'open'>();
  #root: YamlNode | undefined;
  #aliasNodes = 0;
  #last = 0;

  /** `shift`: how far the events' offsets lie before the file's, for a byte order mark. */
  constructor(report: Report, text: string, shift: number, rules: YamlRules) {
    this.#rules = rules;
    this.#report = report;
    this.#text = text;
    this.#shift = shift;
  }

  get root(): YamlNode | undefined {
    return this.#root;
  }

  accept(event: Event): void {
    switch (event.type) {
      case 1:
        return;
      case 2:
      case 3:
        return this.#begin(event.type === 2 ? 'list' : 'map', event.start, event);
      case 4:
        return this.#scalar(event);
      case 5:
        return this.#alias(event);
      case 6:
        return this.#end();
    }
  }

  #begin(kind: 'map' | 'list', start: number, event: Exclude<Event, { type: 1 | 4 | 5 | 6 }>): void {
    this.#last = start;
    if (event.tagStart >= 0) this.#tag(event.tagStart, event.tagEnd);
    const anchor = this.#anchorName(event.anchorStart, event.anchorEnd);
    if (anchor !== undefined) this.#anchors.set(anchor, 'open');
    this.#open.push(openCollection(kind, start, anchor));
  }

  #end(): void {
    const collection = this.#open.pop();
    if (collection === undefined) return;
    const { size, height } = collection;
    const at = this.#span(collection.start, collection.end);
    applyMerges(collection, this.#report);
    const node: YamlNode =
      collection.kind === 'list'
        ? { kind: 'list', at, size, height, items: collection.items }
        : { kind: 'map', at, size, height, entries: collection.entries, refused: collection.refused };
    if (collection.anchor !== undefined) this.#anchors.set(collection.anchor, node);
    this.#put(node, collection.start, collection.end);
  }

  #scalar(event: ScalarEvent): void {
    const empty = event.valueStart < 0;
    const tagged = event.tagStart >= 0;
    const inQuotes = event.style === 2 || event.style === 3 ? 1 : 0;
    const start = empty ? (tagged ? event.tagStart : this.#emptyAt()) : event.valueStart - inQuotes;
    const end = empty ? (tagged ? event.tagEnd : start) : event.valueEnd + inQuotes;
    this.#last = end;
    const parent = this.#open.at(-1);
    if (parent?.kind === 'map' && parent.expectsKey) return this.#key(parent, event, start, end);
    const node = this.#resolve(event, start, end);
    const anchor = this.#anchorName(event.anchorStart, event.anchorEnd);
    if (anchor !== undefined && node !== undefined) this.#anchors.set(anchor, node);
    if (node === undefined) this.#skip();
    else this.#put(node, start, end);
  }

  /** An empty value has no place of its own; of a list item it is the dash. */
  #emptyAt(): number {
    const parent = this.#open.at(-1);
    const dash = parent?.kind === 'list' ? this.#text.indexOf('-', this.#last) : -1;
    return dash < 0 ? this.#last : dash;
  }

  #resolve(event: ScalarEvent, start: number, end: number): YamlScalar | undefined {
    const text = getScalarValue(this.#text, event);
    const block = event.style === 4 || event.style === 5;
    const begin = event.tagStart >= 0 ? event.tagStart : block ? start + Math.max(0, event.indent) : start;
    const at = this.#span(begin, end);
    const style = event.style === 1 ? 'plain' : block ? 'block' : 'quoted';
    const node = {
      kind: 'scalar',
      at,
      text,
      style,
      event: this.#shifted(event),
      size: sizeOf(text),
      height: 0,
    } as const;
    if (event.tagStart >= 0) {
      const tag = this.#text.slice(event.tagStart, event.tagEnd);
      if (this.#rules.lenient && ANSIBLE_TAGS.has(tag)) return { ...node, value: text, tag };
      const name = this.#tag(event.tagStart, event.tagEnd, text);
      return name === undefined ? undefined : { ...node, value: name };
    }
    if (event.style !== 1 || this.#rules.lenient) return { ...node, value: text };
    const key = this.#open.at(-1)?.key;
    const keyText = typeof key?.text === 'string' ? key.text : undefined;
    const value = resolvePlain(text, text === '' ? (key?.span ?? at) : at, this.#report, keyText);
    return value === undefined ? undefined : { ...node, value };
  }

  #key(map: Collection, event: ScalarEvent, start: number, end: number): void {
    const span = this.#span(start, end);
    const text = getScalarValue(this.#text, event);
    map.expectsKey = false;
    map.key = { text: undefined, span };
    if (event.tagStart >= 0) return void this.#tag(event.tagStart, event.tagEnd);
    if (event.style === 1 && text === '')
      return this.#report.error('E_KEY', span, 'a key is missing before the colon', 'write key: value');
    if (event.style === 1 && text === '<<') {
      if (this.#rules.lenient) return void (map.key = { text: MERGE, span });
      return this.#report.error('E_MERGE', span, 'merge keys are not supported', 'write the keys out');
    }
    if (text === '__proto__' || (!this.#rules.lenient && RESERVED.has(text)))
      return this.#report.error('E_KEY', span, `the key ${text} is reserved`, 'use another name');
    const normal = this.#rules.lenient ? text : text.normalize('NFKC');
    const first = map.normalForms.get(normal);
    if (first !== undefined) {
      this.#twice(text, span, first);
      if (!this.#rules.lenient) return;
    }
    if (map.normalForms.size >= this.#rules.maxKeys) {
      if (!map.full) this.#report.error('E_SIZE', span, `more than ${this.#rules.maxKeys} keys in one map`, 'split it');
      map.full = true;
      return;
    }
    map.normalForms.set(normal, span);
    map.key = { text, span };
  }

  #twice(text: string, span: Span, first: Span): void {
    const { line, column } = this.#report.lines.position(first.start);
    const message = `the key ${text} is there twice, first at ${line}:${column}`;
    if (this.#rules.lenient)
      this.#report.warning('W_DUPKEY', span, `${message}; this one is used`, 'remove one of them');
    else this.#report.error('E_DUPKEY', span, message, 'remove one of them');
  }

  #alias(event: AliasEvent): void {
    const start = event.anchorStart - 1;
    const span = this.#span(start, event.anchorEnd);
    this.#last = event.anchorEnd;
    const name = this.#text.slice(event.anchorStart, event.anchorEnd);
    const parent = this.#open.at(-1);
    if (parent?.kind === 'map' && parent.expectsKey) return this.#complexKey(parent, span);
    const node = this.#anchors.get(name);
    if (node === undefined)
      this.#report.error(
        'E_ALIAS',
        span,
        `no anchor &${name} comes before this`,
        `if it is a text, quote it: "*${name}"`,
      );
    else if (node === 'open') this.#report.error('E_ALIAS', span, `*${name} is inside itself`, 'write the value out');
    if (node === undefined || node === 'open') return this.#skip();
    this.#aliasNodes += node.size;
    if (this.#aliasNodes > this.#rules.maxAliasNodes) {
      this.#report.error(
        'E_ALIAS',
        span,
        `aliases expand to more than ${this.#rules.maxAliasNodes} nodes`,
        'write the values out',
      );
      return this.#skip();
    }
    if (this.#open.length + node.height > MAX_DEPTH) {
      this.#report.error('E_DEPTH', span, 'nesting is deeper than 32', 'write it flatter');
      return this.#skip();
    }
    this.#put(node, start, event.anchorEnd);
  }

  /** Hangs a finished value where it belongs. */
  #put(node: YamlNode, start: number, end: number): void {
    this.#last = Math.max(this.#last, end);
    const parent = this.#open.at(-1);
    if (parent === undefined) {
      this.#root ??= node;
      return;
    }
    parent.size += node.size;
    parent.height = Math.max(parent.height, node.height + 1);
    parent.end = Math.max(parent.end, end);
    if (parent.kind === 'list') {
      parent.items.push(node);
      return;
    }
    if (parent.expectsKey) return this.#complexKey(parent, this.#span(start, end));
    const { key } = parent;
    if (key?.text === MERGE) parent.merges.push({ key: key.span, value: node });
    else if (key?.text !== undefined) parent.entries.set(key.text, { key: key.span, value: node });
    parent.expectsKey = true;
    parent.key = undefined;
  }

  #complexKey(map: Collection, span: Span): void {
    this.#report.error('E_KEY', span, 'only a text can be a key', 'quote it if it is one');
    map.expectsKey = false;
    map.key = { text: undefined, span };
  }

  /** The value was reported as wrong; the entry is left out. */
  #skip(): void {
    const parent = this.#open.at(-1);
    if (parent?.kind !== 'map') return;
    if (parent.expectsKey) {
      parent.expectsKey = false;
      return;
    }
    if (typeof parent.key?.text === 'string') parent.refused.add(parent.key.text);
    parent.expectsKey = true;
    parent.key = undefined;
  }

  /** `!secret NAME` gives the name; every other tag is an error, and usually an expression that starts with `!`. */
  #tag(start: number, end: number, text?: string): SecretName | undefined {
    const tag = this.#text.slice(start, end);
    if (this.#rules.lenient && text === undefined && ANSIBLE_TAGS.has(tag)) return undefined;
    const span = this.#span(start, end);
    if (tag === '!secret') {
      if (text !== undefined && /^[A-Za-z_][A-Za-z0-9_./-]{0,127}$/.test(text)) return new SecretName(text);
      this.#report.error('E_TAG', span, '!secret needs a name', 'write !secret NAME');
      return undefined;
    }
    const rest =
      /^[^\r\n]*/
        .exec(this.#text.slice(start, start + 500))?.[0]
        .replace(/\s+#.*$/, '')
        .trimEnd() ?? tag;
    const hint = tag.startsWith('!!') ? 'remove the tag' : `quote a value that starts with !: ${quoted(rest)}`;
    this.#report.error('E_TAG', span, `unknown tag ${tag.slice(0, 80)}: !secret is the only one`, hint);
    return undefined;
  }

  #anchorName(start: number, end: number): string | undefined {
    return start < 0 ? undefined : this.#text.slice(start, end);
  }

  #span(start: number, end: number): Span {
    return { start: start + this.#shift, end: end + this.#shift };
  }

  #shifted(event: ScalarEvent): ScalarEvent {
    if (this.#shift === 0 || event.valueStart < 0) return event;
    return { ...event, valueStart: event.valueStart + this.#shift, valueEnd: event.valueEnd + this.#shift };
  }
}
