import { openVaulted, VaultedSecret } from '../../vaulted-secret.ts';
import { isSecretVariable, KNOWN_VARIABLES } from './connection-variables.ts';
import { lookUpIn } from './host-values.ts';
import type { Layered } from '../layers.ts';
import { fillValue } from '../template.ts';

/**
 * Opens the vaults in which addresses, users and the like are, which must be known at once. Passwords stay closed until they are
 * needed: there may be one for each of thousands of hosts.
 */
export async function openConnectionVaults(layers: ReadonlyMap<string, Layered>): Promise<void> {
  const plain = KNOWN_VARIABLES.filter((name) => !isSecretVariable(name));
  const found = new Set<VaultedSecret>();
  for (const [host, { vars }] of layers) {
    for (const name of plain) {
      const variable = vars.get(name);
      const filled = variable === undefined ? undefined : fillValue(variable.value, lookUpIn(host, vars));
      if (filled?.ok === true && filled.value instanceof VaultedSecret) found.add(filled.value);
    }
  }
  await openVaulted(found);
}
