import type { Word } from '../util/secret.ts';

/**
 * What is sent to a host: POSIX sh source and its data, apart. Values never become source.
 * The wire runs it in a shell of its own with `LC_ALL=C`, `TZ=UTC`, umask 022, a full PATH, `cd /`, and stdin empty.
 */
export interface Script {
  /** One line for people with the exact targets, such as `ipcrm -s 3 -s 7`; shown in plans, never executed. */
  readonly summary: string;
  readonly text: string;
  /** Shell variables, assigned and not exported. Names are `[A-Za-z_][A-Za-z0-9_]*`. */
  readonly variables?: Readonly<Record<string, Word>>;
  /** Exported to what the text starts. */
  readonly env?: Readonly<Record<string, Word>>;
  /** The positional parameters `"$@"`. */
  readonly args?: readonly Word[];
  /** A deadline that a param of the action sets; it holds instead of the step's own `timeout`. */
  readonly timeoutMs?: number;
}

/** Bytes of one stream: at most the first and the last MiB are kept, the count and the hash are of all. */
export interface Output {
  /** UTF-8, invalid bytes replaced. When `truncated`, head and tail with a line between that says how much is missing. */
  readonly text: string;
  readonly bytes: number;
  /** Of the raw bytes, hex. Empty where nobody has them all: of a change that was settled and printed more than its host keeps. */
  readonly sha256: string;
  readonly truncated: boolean;
}

/** How a script ended, as the host's shell reported it. Anything else than a report is `lost`. */
export type CommandEnd =
  | { readonly how: 'exit'; readonly code: number }
  | { readonly how: 'signal'; readonly signal: string }
  /** The deadline passed. `gone`: no process of it is left, proven; else it may still run, and `left` says in words what is. */
  | { readonly how: 'timeout' | 'cancelled'; readonly gone: boolean; readonly left?: string }
  /** The connection broke before the report came: it may or may not have run. `why`: nobody can tell any more, in words. */
  | { readonly how: 'lost'; readonly why?: string }
  /** It never started. `unsent`: for want of a connection, so that it may be sent over another one. */
  | { readonly how: 'not-started'; readonly why: string; readonly unsent?: true };

export interface CommandResult {
  readonly end: CommandEnd;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly durationMs: number;
}
