import type { Secret } from '../util/secret.ts';
import type { SecretName } from './scalar-literal.ts';
import type { Diagnostic } from './source.ts';
import type { SshSettings } from './ssh-settings.ts';

/** How the inventory says a host is reached. What it leaves out, ssh's own configuration decides. */
export interface InventoryHost {
  readonly name: string;
  /** All it is in, parents included, the weakest first; `all` is left out. */
  readonly groups: readonly string[];
  readonly connection: 'ssh' | 'openssh' | 'local';
  /** What ssh is asked for: `ansible_host`, else the name. */
  readonly address: string;
  readonly port?: number;
  readonly user?: string;
  readonly privateKeyFile?: string;
  readonly knownHostsFile?: string;
  /** `Key=Value` each, as after `-o`. */
  readonly sshOptions: readonly string[];
  /** As after `-F`: read instead of the user's and the system's configuration of ssh. */
  readonly sshConfigFile?: string;
  readonly connectTimeoutMs?: number;
  readonly becoming: Becoming;
  /** `!secret NAME`, or the secret itself where the inventory has it in clear text or in a vault. */
  readonly secrets: HostSecrets<SecretName | Secret>;
  /** What vaults put into `sshOptions`, such as the password of a proxy command: masked wherever it would show. */
  readonly hidden?: readonly Secret[];
  /**
   * As they are written, group vars below host vars, `!secret NAME` as a `SecretName`. They reach a runbook only through a param
   * of the same name. What `secrets` holds is never among them.
   */
  readonly vars: Readonly<Record<string, unknown>>;
  /** Why this host can't be reached as it is written. An error only for who chooses the host: others need not care. */
  readonly problems: readonly Diagnostic[];
}

/** How another user is become there; whom, a runbook says. */
export interface Becoming {
  readonly method: 'sudo' | 'su' | 'doas';
  /** The program, where it is not found by its name. */
  readonly program?: string;
}

/** What is shown to a host to be let in. Only ever written after a prompt of its own was seen. */
export interface HostSecrets<T> {
  /** For sudo and doas the login user's, for su the other user's. */
  readonly becomePassword?: T;
  readonly loginPassword?: T;
  /** Of the private key file that the inventory names. */
  readonly keyPassphrase?: T;
}

/** Where and how a host is reached, all decided. Nothing a host says can change it. */
export type Host = SshHost | NearHost;

export interface SshHost extends ReachedHost {
  readonly connection: 'ssh' | 'openssh';
  readonly ssh: SshSettings;
}

export interface NearHost extends ReachedHost {
  readonly connection: 'local' | 'memory';
}

interface ReachedHost extends Pick<InventoryHost, 'name' | 'groups' | 'becoming' | 'secrets' | 'hidden' | 'vars'> {
  readonly address: string;
  readonly port: number;
  readonly user: string;
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

/** A host with the params the runbook has there, checked against their types. Secrets are `Secret`. */
export interface BoundHost {
  readonly host: Host;
  readonly params: Readonly<Record<string, unknown>>;
  readonly secrets: HostSecrets<Secret>;
  /** Other hosts to which steps may be delegated for this one; absent: none. */
  readonly delegates?: readonly Delegate[];
}

export interface Delegate {
  readonly name: string;
  /** A step that changes may be delegated to it. */
  readonly changes: boolean;
}
