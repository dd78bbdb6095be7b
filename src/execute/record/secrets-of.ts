import type { BoundHost } from '../../model/host.ts';
import { Secret } from '../../util/secret.ts';

/** Every secret that a host was given, in a param or to be let in: what the record must never show. */
export function secretsOf(hosts: readonly BoundHost[]): readonly Secret[] {
  return hosts.flatMap(({ params, secrets }) => secretsIn([params, secrets]));
}

function secretsIn(value: unknown): readonly Secret[] {
  if (value instanceof Secret) return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(secretsIn);
}
