import type { JsonObject } from '../util/json.ts';
import type { Host } from './host.ts';

/**
 * What a run was started with, secrets only by name: enough to do the same again. Files by their full path, since whoever does it
 * may be somewhere else.
 */
export interface RunSelection {
  /** `the command line` for an exec, which has no file. */
  readonly runbookFile: string;
  /** What names it on a command line, wherever that is typed: its name, or the full path where a path was given. */
  readonly runbook: string;
  /** Full paths, or lists of hosts. Absent with `--local`. */
  readonly inventories?: readonly string[];
  /** The ansible.cfg that was followed. */
  readonly ansibleCfg?: string;
  /** `FILE` or `ID@FILE`, each with its full path. */
  readonly vaultPasswordFiles?: readonly string[];
  /** As typed after `--param`. */
  readonly params: readonly string[];
  /** Only fix steps with one of these; absent: all. */
  readonly tags?: readonly string[];
  readonly skipTags?: readonly string[];
  readonly paramsFile?: string;
  readonly secretsFile?: string;
  readonly ageIdentity?: string;
  /** The password for the login was typed; it is not kept. */
  readonly askPass?: true;
  /** The password for sudo was typed; it is not kept. */
  readonly askBecomePass?: true;
  /** In the order in which they were chosen. */
  readonly targets: readonly Target[];
  /** Hosts that steps could be delegated to, which are no targets. Absent: none. */
  readonly delegates?: readonly Target[];
}

/** A selected host: how it was to be reached, and the params that the runbook had there. */
export interface Target extends Pick<Host, 'address' | 'port' | 'user' | 'connection'> {
  readonly host: string;
  /** What was between: `bob@10.0.0.1:22` for each jump host, or the ProxyCommand. Absent: nothing. */
  readonly through?: readonly string[];
  /** `!secret NAME` where a secret stands. */
  readonly params: JsonObject;
}
