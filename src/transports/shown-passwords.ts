import type { Secret } from '../util/secret.ts';

/** What all transports of a run know of passwords. A login and becoming another user are two questions, with two answers. */
export interface Shown {
  readonly toLogIn: ShownPasswords;
  readonly toBecome: ShownPasswords;
}

export const nothingShown = (): Shown => ({ toLogIn: new ShownPasswords(), toBecome: new ShownPasswords() });

/** `ended`: neither taken nor refused, such as a connection that broke. */
export type PasswordVerdict = 'taken' | 'refused' | 'ended';

export interface Withheld {
  /** The host that refused this very password. */
  readonly refusedBy: string;
}

interface Known {
  readonly takenBy: Set<string>;
  refusedBy?: string;
  trial?: Promise<PasswordVerdict>;
}

/**
 * What hosts said of the passwords they were shown. A password is shown to one host alone until one has taken it, and to no
 * further host once one has refused it: each wrong one is a step towards a locked account.
 */
export class ShownPasswords {
  readonly #known = new Map<string, Known>();

  async show(
    host: string,
    password: Secret,
    trial: () => Promise<PasswordVerdict>,
  ): Promise<PasswordVerdict | Withheld> {
    const known = this.#of(password);
    while (known.takenBy.size === 0 && known.refusedBy === undefined && known.trial !== undefined) await known.trial;
    if (known.refusedBy !== undefined && !known.takenBy.has(host)) return { refusedBy: known.refusedBy };
    const mine = trial();
    known.trial = mine;
    const verdict = await mine;
    if (known.trial === mine) delete known.trial;
    if (verdict === 'taken') known.takenBy.add(host);
    if (verdict === 'refused') known.refusedBy = host;
    return verdict;
  }

  /** Would `show` begin at once? Else it waits for another host's verdict, or withholds the password. */
  isFree(host: string, password: Secret): boolean {
    const { takenBy, refusedBy, trial } = this.#of(password);
    if (takenBy.has(host)) return true;
    return refusedBy === undefined && (takenBy.size > 0 || trial === undefined);
  }

  #of(password: Secret): Known {
    const value = password.reveal();
    const known = this.#known.get(value) ?? { takenBy: new Set() };
    this.#known.set(value, known);
    return known;
  }
}
