import type { ErrorInfo } from '../../model/error.ts';
import type { SshHost } from '../../model/host.ts';
import type { Asked } from './askpass.ts';

/** Whom `ssh` speaks about. */
export interface About {
  readonly host: SshHost;
  /** `ADDRESS:PORT`. */
  readonly where: string;
  /** All of its log, for what is said there only by the way. */
  readonly log: string;
  /** The host key in words, when it was shown. */
  readonly shown: string | undefined;
  readonly timeoutMs: number;
  readonly asked: Asked;
  /** It speaks about a jump host: what is known of the host itself is not meant. */
  readonly hop?: true;
}

/** Words of OpenSSH in the C locale, and what they mean for us. */
export interface Words {
  readonly words: RegExp;
  readonly means: (match: RegExpExecArray, about: About) => ErrorInfo;
}
