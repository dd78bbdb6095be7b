import type { SourceRange } from '../../model/source.ts';
import { err, ok, type Result } from '../../util/result.ts';
import type { LineMap, Span } from '../line-map.ts';

/** Where something is written. What a program printed is nowhere, so its file stands for it. */
export type Where = { readonly lines: LineMap; readonly span: Span } | { readonly program: string };

export function rangeOf(where: Where): SourceRange {
  if ('lines' in where) return where.lines.range(where.span);
  const start = { line: 1, column: 1, offset: 0 };
  return { file: where.program, start, end: start };
}

export interface Variable {
  readonly name: string;
  /** Plain data with null, `Secret` and `SecretName` in it; a text whose braces are no template is `{ __ansible_unsafe: text }`. */
  readonly value: unknown;
  /** A scalar as its author wrote it: `0123`, which is read as 83. */
  readonly written?: string;
  readonly where: Where;
}

export type Variables = ReadonlyMap<string, Variable>;

/** What holds for one host: its own variables, and below them those that it shares with others of its groups. */
export class HostVariables {
  readonly #own: Variables;
  readonly #shared: Variables;

  constructor(own: Variables, shared: Variables) {
    this.#own = own;
    this.#shared = shared;
  }

  get(name: string): Variable | undefined {
    return this.#own.get(name) ?? this.#shared.get(name);
  }

  /** The shared ones first. */
  values(): readonly Variable[] {
    return [...new Map([...this.#shared, ...this.#own]).values()];
  }
}

export interface GroupEntry {
  readonly name: string;
  readonly hosts: Set<string>;
  readonly children: Set<string>;
  readonly parents: Set<string>;
  readonly vars: Map<string, Variable>;
  priority: number;
}

export interface HostEntry {
  readonly name: string;
  readonly where: Where;
  readonly vars: Map<string, Variable>;
}

/** What all sources say together, each group and host once however often it is named; as Ansible's `InventoryData`. */
export class InventoryEntries {
  readonly groups = new Map<string, GroupEntry>();
  readonly hosts = new Map<string, HostEntry>();
  /** How often a host was named, again and again in its groups. */
  timesNamed = 0;

  constructor() {
    this.addGroup('all');
    this.addGroup('ungrouped');
    this.addChild('all', 'ungrouped');
  }

  addGroup(name: string): GroupEntry {
    const known = this.groups.get(name);
    if (known !== undefined) return known;
    const group: GroupEntry = {
      name,
      hosts: new Set(),
      children: new Set(),
      parents: new Set(),
      vars: new Map(),
      priority: 1,
    };
    this.groups.set(name, group);
    return group;
  }

  /** The port counts only where a host is named first. */
  addHost(name: string, group: string, where: Where, port?: number): void {
    this.timesNamed += 1;
    if (!this.hosts.has(name)) {
      const vars = new Map<string, Variable>();
      if (port !== undefined) vars.set('ansible_port', { name: 'ansible_port', value: port, where });
      this.hosts.set(name, { name, where, vars });
    }
    this.groups.get(group)?.hosts.add(name);
  }

  /** To a group where a group and a host have one name: Ansible's choice. The later one wins. */
  setVariable(entity: string, variable: Variable): Result<void, string> {
    const group = this.groups.get(entity);
    if (group === undefined) {
      this.hosts.get(entity)?.vars.set(variable.name, variable);
      return ok(undefined);
    }
    if (variable.name !== 'ansible_group_priority') {
      group.vars.set(variable.name, variable);
      return ok(undefined);
    }
    if (!/^[-+]?\d+$/.test(String(variable.value))) return err('ansible_group_priority is not a whole number');
    group.priority = Number(variable.value);
    return ok(undefined);
  }

  /** Both are known. Refuses a circle. */
  addChild(parent: string, child: string): Result<void, string> {
    const [above, below] = [this.addGroup(parent), this.addGroup(child)];
    if (above.children.has(child)) return ok(undefined);
    if (child === 'all') return err('all is the group of all hosts, and in no other');
    const circle = above.parents.size === 0 && above !== below ? undefined : this.#wayDown(below, parent);
    if (circle !== undefined) {
      const way = [parent, ...circle].join(' → ');
      return err(`the group ${parent} is inside itself: ${way}`);
    }
    above.children.add(child);
    below.parents.add(parent);
    return ok(undefined);
  }

  /** The names from `from` down to `name`, if it is in there. */
  #wayDown(from: GroupEntry, name: string): readonly string[] | undefined {
    const reached = new Map<string, string | undefined>([[from.name, undefined]]);
    for (const group of reached.keys()) {
      if (group === name) {
        const way: string[] = [];
        for (let at: string | undefined = name; at !== undefined; at = reached.get(at)) way.unshift(at);
        return way;
      }
      for (const child of this.groups.get(group)?.children ?? []) if (!reached.has(child)) reached.set(child, group);
    }
    return undefined;
  }
}
