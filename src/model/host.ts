import type { Secret } from '../util/secret.ts';
import type { SecretName } from './scalar-literal.ts';

/** Where and how a host is reached, from the inventory. Nothing a host says can change it. */
export interface Host {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly groups: readonly string[];
  readonly connection: 'ssh' | 'local' | 'memory';
  readonly privateKeyFile?: string;
  readonly knownHostsFile?: string;
  /** Of the login user, for sudo: `!secret NAME`, or the password itself where the inventory has it in clear text. */
  readonly becomePassword?: SecretName | Secret;
  /**
   * Inventory vars, group vars below host vars, as YAML holds them, `!secret NAME` as a `SecretName`. They reach a runbook only
   * through a param of the same name. The password for sudo is never among them.
   */
  readonly vars: Readonly<Record<string, unknown>>;
}

/** What a host says about itself in the first round trip; the language's `host` is built from it. */
export interface HostFacts {
  readonly os: string;
  readonly os_version: string;
  readonly kernel: string;
  readonly arch: string;
  readonly init: 'systemd' | 'openrc' | 'sysv' | 'none';
  readonly boot_id: string;
  /** RFC 3339, UTC, the host's clock. */
  readonly boot_time: string;
  /** RFC 3339, UTC, the host's clock, when it was asked. */
  readonly time: string;
  readonly cpus: number;
  readonly memory_bytes: number;
  readonly machine_id: string;
  /** The uid our shell has, after `become`. */
  readonly uid: number;
}

/** A group of the inventory and all hosts in it, children included. */
export interface Group {
  readonly name: string;
  readonly hosts: readonly string[];
}

export interface Inventory {
  readonly file: string;
  /** In the order of the file. */
  readonly hosts: readonly Host[];
  readonly groups: readonly Group[];
}

/** A host with the params the runbook has there, checked against their types. Secrets are `Secret`. */
export interface BoundHost {
  readonly host: Host;
  readonly params: Readonly<Record<string, unknown>>;
  /** Of the login user, for sudo. */
  readonly becomePassword?: Secret;
}
