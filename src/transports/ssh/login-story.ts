import type { LoginKey } from './login-key.ts';
import type { UnusedKey } from './login-keys.ts';

/** What came of a login; grows while it goes on. */
export interface LoginStory {
  /** The methods by which the host would go on. Undefined: it has not said. */
  lets: readonly string[] | undefined;
  readonly refused: LoginKey[];
  /** Taken, and the host wanted more. */
  readonly taken: LoginKey[];
  readonly unused: UnusedKey[];
  /** `shown`: the host has not answered. `withheld`: another host refused it. */
  password: 'not shown' | 'shown' | 'taken' | 'refused' | 'withheld';
  refusedBy?: string;
  /** What the host asked for that we do not answer, in its words. */
  asked?: string;
  /** The host ended it: so many tries are all that it allows. */
  hungUp?: true;
  /** The key that was still to sign when it ended. */
  signing?: string;
}
