import { openVaulted, VaultedSecret } from '../vaulted-secret.ts';
import { isSecretVariable, KNOWN_VARIABLES } from './connection-variables.ts';
import type { Variable } from './entries.ts';
import { lookUpIn } from './host-values.ts';
import type { Layered } from './layers.ts';
import { fillTemplate, hasTemplate } from './template.ts';

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
      const vaulted = variable === undefined ? undefined : vaultedIn(variable, lookUpIn(host, vars));
      if (vaulted !== undefined) found.add(vaulted);
    }
  }
  await openVaulted(found);
}

function vaultedIn({ value, isUnsafe }: Variable, lookUp: ReturnType<typeof lookUpIn>): VaultedSecret | undefined {
  const filled = hasTemplate(value) && isUnsafe !== true ? fillTemplate(value, lookUp) : { ok: true, value };
  return filled.ok && filled.value instanceof VaultedSecret ? filled.value : undefined;
}
