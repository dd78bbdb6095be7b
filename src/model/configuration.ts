import type { Condition, PolicyRule } from './policy.ts';
import type { Schedule } from './schedule.ts';
import type { SourceRange } from './source.ts';
import type { SecretName } from './scalar-literal.ts';

/** What the files of a site and of a user say together. */
export interface Configuration {
  /** Absent: neither says it. */
  readonly inventory?: Setting<readonly string[]>;
  readonly runbooks: readonly Setting<string>[];
  readonly secrets?: Setting<string>;
  readonly ageIdentity?: Setting<string>;
  readonly forks?: Setting<number>;
  readonly lockWaitMs?: Setting<number>;
  readonly clearTextPasswords?: Setting<'warn' | 'refuse'>;
  readonly policy: readonly PolicyRule[];
  readonly schedules: readonly Schedule[];
  readonly serve: Serve;
  readonly notify: readonly Notify[];
}

/** A value and where it stands. Paths are full ones. */
export interface Setting<T> {
  readonly value: T;
  readonly at: SourceRange;
}

/** Of the process that keeps watch. */
export interface Serve {
  /** A socket's full path, or a port of a loopback address. Absent: the usual socket. */
  readonly listen?: { readonly socket: string } | { readonly address: string; readonly port: number };
  /** At once. */
  readonly runs: number;
  readonly keepConnections: number;
  readonly idleMs: number;
  readonly stopMs: number;
}

/** Hosts at once. */
export const DEFAULT_FORKS = 50;
export const MOST_FORKS = 500;

export const DEFAULT_SERVE: Serve = { runs: 4, keepConnections: 200, idleMs: 15 * 60_000, stopMs: 90_000 };

/** Somebody who is told. */
export interface Notify {
  readonly name: string;
  readonly to:
    | {
        readonly kind: 'webhook';
        readonly url: string | SecretName;
        readonly format: 'cloudevents' | 'slack';
        readonly allow: readonly string[];
      }
    | { readonly kind: 'email'; readonly address: string };
  readonly on: readonly ('needs-person' | 'repaired' | 'all')[];
  readonly when: Condition;
  readonly at: SourceRange;
}
