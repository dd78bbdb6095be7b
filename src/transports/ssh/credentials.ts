import type { ErrorInfo } from '../../model/error.ts';
import type { Host } from '../../model/host.ts';
import type { Identity } from './identity.ts';

const REFUSALS = 3;

/**
 * A key that three hosts refused and none took is wrong: showing it to more would get this machine banned (PerSourcePenalties,
 * fail2ban) and accounts locked.
 */
export class Credentials {
  readonly #refusals = new Map<string, number>();
  readonly #taken = new Set<string>();

  note({ id }: Identity, error: ErrorInfo | undefined): void {
    if (error === undefined) this.#taken.add(id);
    else if (error.code === 'authentication') this.#refusals.set(id, (this.#refusals.get(id) ?? 0) + 1);
  }

  refused(host: Host, { id, inWords }: Identity): ErrorInfo | undefined {
    if (this.#taken.has(id) || (this.#refusals.get(id) ?? 0) < REFUSALS) return undefined;
    return {
      code: 'authentication',
      message: `not tried: ${REFUSALS} hosts refused ${host.user} with ${inWords} and none took it`,
      hint: 'Correct ansible_user and ansible_ssh_private_key_file in the inventory, or the authorized_keys of the hosts.',
    };
  }
}
