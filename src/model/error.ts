/**
 * What went wrong in the world. Codes are stable: scripts and alert rules may depend on them.
 * `message` says what happened, `hint` the next thing to do.
 */
export interface ErrorInfo {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string;
}

export type ErrorCode =
  /* reaching a host */
  | 'address-unknown'
  | 'connection-refused'
  | 'connection-timeout'
  | 'connection-lost'
  | 'protocol'
  | 'host-key-unknown'
  | 'host-key-changed'
  | 'host-key-revoked'
  | 'host-key-unverifiable'
  | 'authentication'
  | 'key-unusable'
  | 'shell-unusable'
  | 'become'
  | 'run-user-login'
  /* on a host */
  | 'lock-held'
  | 'ledger-unsafe'
  | 'tools-missing'
  | 'same-machine'
  | 'channel-refused'
  /* on the controller */
  | 'store'
  | 'usage'
  | 'configuration'
  | 'bad-file'
  | 'refused'
  | 'interrupted'
  | 'internal';
