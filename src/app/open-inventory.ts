import { loadInventory, type VaultPasswordSource } from '../load/inventory.ts';
import { onDisk } from '../load/inventory/files/disk.ts';
import type { AnsibleCfg } from '../load/ansible-cfg.ts';
import type { Inventory } from '../model/inventory.ts';
import { err, ok, type Result } from '../util/result.ts';
import { findAnsibleCfg, openAnsibleCfg } from './find-ansible-cfg.ts';
import { findInventory, type FoundInventory } from './find-inventory.ts';
import { fromHere } from './find-runbook.ts';
import type { Opened } from './open-files.ts';
import type { Site } from './surroundings.ts';
import { because, inFiles, type Trouble } from './trouble.ts';

export interface InventoryOptions {
  /** As typed after `-i`, each. */
  readonly inventory?: readonly string[] | undefined;
  /** As typed: `FILE` or `ID@FILE`. */
  readonly vaultPasswordFile?: readonly string[] | undefined;
  /** Which ansible.cfg was used before, for who does the same again; absent: it is looked for. */
  readonly ansibleCfg?: { readonly file: string | undefined } | undefined;
}

export interface OpenedInventory {
  readonly inventory: Inventory;
  readonly found: FoundInventory;
  /** The ansible.cfg that was followed. */
  readonly ansibleCfg?: string;
}

/** Finds the inventory and reads all of it, with what an ansible.cfg says beside it. Contacts no host. */
export async function openInventory(
  options: InventoryOptions,
  surroundings: Site,
): Promise<Result<Opened<OpenedInventory>, Trouble>> {
  const cfg = chooseCfg(options, surroundings);
  if (!cfg.ok) return cfg;
  const found = findInventory(options.inventory ?? [], cfg.value.value, surroundings);
  if (!found.ok) return err(because(found.error));
  const { inventory, files, diagnostics } = await loadInventory(
    {
      sources: found.value.sources,
      login: { name: surroundings.user, home: surroundings.home },
      directory: surroundings.directory,
      defaults: cfg.value.value?.defaults ?? [],
      vaultPasswords: vaultPasswords(options, cfg.value.value, surroundings),
      clearTextPasswords: surroundings.configuration.clearTextPasswords?.value ?? 'warn',
    },
    onDisk({ environment: surroundings.environment }),
  );
  const sources = [...cfg.value.sources, ...files];
  if (inventory === undefined) return err(inFiles(diagnostics, sources));
  const ansibleCfg = cfg.value.value?.file;
  return ok({
    value: { inventory, found: found.value, ...(ansibleCfg !== undefined && { ansibleCfg }) },
    sources,
    warnings: [...cfg.value.warnings, ...diagnostics],
  });
}

function chooseCfg(
  { ansibleCfg }: InventoryOptions,
  surroundings: Site,
): Result<Opened<AnsibleCfg | undefined>, Trouble> {
  if (ansibleCfg === undefined) return findAnsibleCfg(surroundings);
  if (ansibleCfg.file === undefined) return ok({ value: undefined, sources: [], warnings: [] });
  return openAnsibleCfg(ansibleCfg.file, surroundings);
}

/** `--vault-password-file`, and then what Ansible would take: its variable, else its configuration. */
function vaultPasswords(
  { vaultPasswordFile = [] }: InventoryOptions,
  cfg: AnsibleCfg | undefined,
  surroundings: Site,
): readonly VaultPasswordSource[] {
  const typed = (text: string): VaultPasswordSource => {
    const [, id = 'default', file = ''] = /^(?:([^@/]*)@)?(.*)$/s.exec(text) ?? [];
    return { id, file: fromHere(file, surroundings) };
  };
  const variable = surroundings.environment['ANSIBLE_VAULT_PASSWORD_FILE'] ?? '';
  return [...vaultPasswordFile, ...(variable === '' ? [] : [variable])].map(typed).concat(cfg?.vaultPasswords ?? []);
}
