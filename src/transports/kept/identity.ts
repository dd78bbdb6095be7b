import { createHmac, randomBytes } from 'node:crypto';
import type { Host } from '../../model/host.ts';
import type { ConnectOptions } from '../../model/transport.ts';

/** Of this process alone: what is made with it tells nobody what it was made of. */
const KEY = randomBytes(32);

/**
 * The same for two connections when all is the same by which was decided whom we talk to, as whom, by which way, and with which secrets.
 * None of it can be read from it.
 */
export function identityOf(host: Host, { become, secrets }: ConnectOptions): string {
  const { name, connection, address, port, user, becoming } = host;
  const ssh = 'ssh' in host ? host.ssh : undefined;
  const { becomePassword, loginPassword, keyPassphrase } = secrets;
  const shown = [becomePassword, loginPassword, keyPassphrase].map((secret) => secret?.reveal() ?? null);
  const decided = [name, connection, address, port, user, becoming, ssh ?? null, become, shown];
  return createHmac('sha256', KEY).update(JSON.stringify(decided)).digest('base64');
}
