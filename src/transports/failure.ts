import type { ErrorInfo } from '../model/error.ts';

/** Why there is no connection. `again`: surely no answer of the host, so it may be tried once more. */
export interface Failure {
  readonly error: SshError;
  readonly again: boolean;
}

export interface SshError extends ErrorInfo {
  /** Why only the program `ssh` can do this, a clause as in `SshSettings.beyond`. Absent: it could not either. */
  readonly beyond?: string;
}
