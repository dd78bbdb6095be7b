import { openVaulted, withOpened } from '../load/vaulted-secret.ts';
import type { BoundHost } from '../model/host.ts';
import type { Diagnostic } from '../model/source.ts';
import { err, ok, type Result } from '../util/result.ts';

/** The hosts with plain secrets where they have some in vaults, or what is wrong with each vault that stays closed. */
export async function openVaults(
  hosts: readonly BoundHost[],
): Promise<Result<readonly BoundHost[], readonly Diagnostic[]>> {
  const closed = await openVaulted(hosts.flatMap(({ params, secrets }) => [params, secrets]));
  if (closed.length > 0) return err(closed);
  return ok(hosts.map((bound) => ({ ...bound, params: withOpened(bound.params), secrets: withOpened(bound.secrets) })));
}
