import type { InventoryHost } from './host.ts';
import type { SourceRange } from './source.ts';

/** A group of the inventory. */
export interface Group {
  readonly name: string;
  /** All hosts in it, children included, in the order in which Ansible counts them for `GROUP[0]`. */
  readonly hosts: readonly string[];
  /** Those that are in it without a group between. */
  readonly ownHosts: readonly string[];
  readonly children: readonly string[];
}

/** What the inventory sources say together, all variables resolved. */
export interface Inventory {
  /** For messages: the file, or `3 inventory sources`. */
  readonly name: string;
  /** In the order in which they are named first: that of globs. */
  readonly hosts: readonly InventoryHost[];
  /** The group `all`. Its children are the groups that are in no other, and those that an inventory puts there by name. */
  readonly all: Group;
  /** As they are named first. Without `all`, with `ungrouped` when it has a host. */
  readonly groups: readonly Group[];
  /** All variables of a host by the names they are written by, passwords among them: those are a `Secret`, or a `SecretName`. */
  readonly variables: (host: string) => Readonly<Record<string, unknown>>;
  /** What is written for a group itself, in the same way. What is in its parents or children is left out. */
  readonly variablesOfGroup: (group: string) => Promise<Readonly<Record<string, unknown>>>;
  /** Where a variable of a host comes from, the strongest place first; the others are covered by it. */
  readonly origins: (host: string, variable: string) => readonly VariableOrigin[];
}

export interface VariableOrigin {
  /** `host_vars of web01`, `the group web`. */
  readonly place: string;
  readonly value: unknown;
  /** Absent where it comes from a program. */
  readonly at?: SourceRange;
}
