import type { BoundHost } from '../model/host.ts';
import type { Secret } from '../util/secret.ts';

/** What can be typed once for all hosts that have none of their own. */
export type TypedSecret = 'becomePassword' | 'loginPassword';

/** Does this host need it typed? Only a login over SSH asks for a password. */
export const lacks = ({ host, secrets }: BoundHost, use: TypedSecret): boolean =>
  secrets[use] === undefined && (use === 'becomePassword' || 'ssh' in host);

export function withTyped(hosts: readonly BoundHost[], use: TypedSecret, password: Secret): readonly BoundHost[] {
  return hosts.map((bound) =>
    lacks(bound, use) ? { ...bound, secrets: { ...bound.secrets, [use]: password } } : bound,
  );
}
