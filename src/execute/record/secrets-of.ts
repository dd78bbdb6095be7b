import type { BoundHost } from '../../model/host.ts';
import { Secret } from '../../util/secret.ts';

/** Every secret that a host was given, in a param, to be let in, or on the way to it: what the record must never show. */
export function secretsOf(hosts: readonly BoundHost[]): readonly Secret[] {
  return hosts.flatMap(({ host, params, secrets }) => secretsIn([params, secrets, host.hidden]));
}

function secretsIn(value: unknown): readonly Secret[] {
  if (value instanceof Secret) return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(secretsIn);
}
