import type { ErrorInfo } from '../../model/error.ts';
import type { SshHost } from '../../model/host.ts';

const REFUSALS = 3;

/**
 * What `ssh` shows is its own choice, and the same where it is told the same. What three hosts refused and none took is wrong:
 * showing it to more would get this machine banned (PerSourcePenalties, fail2ban) and accounts locked.
 */
export class Refusals {
  readonly #refusals = new Map<string, number>();
  readonly #taken = new Set<string>();

  note(host: SshHost, error: ErrorInfo | undefined): void {
    const id = idOf(host);
    if (error === undefined) this.#taken.add(id);
    else if (error.code === 'authentication') this.#refusals.set(id, (this.#refusals.get(id) ?? 0) + 1);
  }

  /** Why it is not even tried. */
  of(host: SshHost): ErrorInfo | undefined {
    const id = idOf(host);
    if (this.#taken.has(id) || (this.#refusals.get(id) ?? 0) < REFUSALS) return undefined;
    return {
      code: 'authentication',
      message: `not tried: ${REFUSALS} hosts refused ${host.user} with what ssh shows, and none took it`,
      hint: 'Correct ansible_user and ansible_ssh_private_key_file in the inventory, or the authorized_keys of the hosts.',
    };
  }
}

function idOf({ user, ssh }: SshHost): string {
  const { keyFiles, onlyThese, agent } = ssh.login;
  return JSON.stringify([user, keyFiles.map(({ path }) => path), onlyThese, agent]);
}
