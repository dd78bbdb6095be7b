import type { LoginKey } from './login-key.ts';
import type { LoginStory } from './login-story.ts';

export const REFUSALS = 3;

/**
 * A key that three hosts refused and none took is wrong: showing it to more would get this machine banned (PerSourcePenalties,
 * fail2ban) and accounts locked. What a host refused before it took another key counts as nothing: that is how keys are tried.
 */
export class Credentials {
  readonly #refusals = new Map<string, number>();
  readonly #taken = new Set<string>();

  isWrong(user: string, key: LoginKey): boolean {
    const id = idOf(user, key);
    return !this.#taken.has(id) && (this.#refusals.get(id) ?? 0) >= REFUSALS;
  }

  note(user: string, isIn: boolean, { taken, refused }: LoginStory): void {
    for (const key of taken) this.#taken.add(idOf(user, key));
    if (isIn) return;
    for (const key of refused) this.#refusals.set(idOf(user, key), (this.#refusals.get(idOf(user, key)) ?? 0) + 1);
  }
}

const idOf = (user: string, { publicKey }: LoginKey): string => `${user} ${publicKey.toString('base64')}`;
