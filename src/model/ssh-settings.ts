/**
 * How `ssh` would reach one machine: what `ssh -G` answers, as far as it decides whom we reach, whom we trust, and what we show
 * to be let in. Paths are absolute, tokens and `~` are replaced.
 */
export interface SshHop {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly hostKeys: HostKeySettings;
  readonly login: LoginSettings;
  readonly algorithms: SshAlgorithms;
  /** ConnectTimeout; absent: ours. */
  readonly connectTimeoutMs?: number;
  /** AddressFamily. */
  readonly family: 'any' | 'inet' | 'inet6';
  /** BindAddress. */
  readonly bindAddress?: string;
}

export interface SshSettings extends SshHop {
  readonly route: SshRoute;
  /** For who runs the program `ssh`: it reads its configuration itself. */
  readonly program: SshProgramArguments;
  /** Why only the program `ssh` can do this, each a clause such as `the key /k is on a FIDO token`. Empty: nothing is known. */
  readonly beyond: readonly string[];
}

export type SshRoute =
  | { readonly kind: 'direct' }
  /** ProxyJump: one after the other, the first one is reached from here, by `command` if there is one. */
  | { readonly kind: 'jumps'; readonly hops: readonly JumpHost[]; readonly command?: string }
  /** ProxyCommand, tokens replaced; run by the user's own shell. */
  | { readonly kind: 'command'; readonly command: string };

/** Verified with its own key, logged in to with its own settings. */
export interface JumpHost extends SshHop {
  /** As ProxyJump names it. */
  readonly name: string;
}

export interface SshProgramArguments {
  /** What `ssh` is asked for; its configuration may know it by this name. Never begins with `-`. */
  readonly destination: string;
  /** `Key=Value` each, as after `-o`: what the inventory adds to the configuration. */
  readonly options: readonly string[];
  /** `-F`, where the inventory names one. */
  readonly configFile?: string;
}

/** Whose key is believed. */
export interface HostKeySettings {
  /** HostKeyAlias: looked for instead of the address, without a port. */
  readonly alias?: string;
  /** UserKnownHostsFile, in this order. A new key is added to the first. */
  readonly userFiles: readonly string[];
  readonly globalFiles: readonly string[];
  /** RevokedHostKeys. */
  readonly revokedFile?: string;
  /** A key of a host that no file knows. `add`: StrictHostKeyChecking=accept-new. Whatever else is set refuses, and so do we. */
  readonly unknown: 'refuse' | 'add';
  /** What was set instead, when it would have been less strict than what we do: `no`. */
  readonly askedFor?: string;
  /** HashKnownHosts. */
  readonly hashNames: boolean;
  /** CheckHostIP: the address is looked up as well. */
  readonly checkAddress: boolean;
}

/** What is shown to be let in, in which order. */
export interface LoginSettings {
  /** IdentityFile, in this order; those that are only OpenSSH's defaults may be missing. */
  readonly keyFiles: readonly KeyFile[];
  /** IdentitiesOnly: of an agent only the keys of `keyFiles`. */
  readonly onlyThese: boolean;
  /** The socket of the agent: IdentityAgent, else SSH_AUTH_SOCK. Absent: none. */
  readonly agent?: string;
  /** PreferredAuthentications, without what is switched off by an option of its own. */
  readonly methods: readonly LoginMethod[];
}

export interface KeyFile {
  readonly path: string;
  /** One of OpenSSH's own names, which nobody wrote down: no error when it is not there. */
  readonly isDefault: boolean;
}

export type LoginMethod = 'publickey' | 'keyboard-interactive' | 'password';

/** In order of preference, by OpenSSH's names. */
export interface SshAlgorithms {
  readonly ciphers: readonly string[];
  readonly macs: readonly string[];
  readonly keyExchanges: readonly string[];
  readonly hostKeys: readonly string[];
  readonly publicKeys: readonly string[];
}
