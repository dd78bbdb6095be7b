import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ErrorInfo } from '../model/error.ts';
import type { InventoryHost } from '../model/host.ts';
import type { Inventory } from '../model/inventory.ts';
import type { Runbook } from '../model/runbook.ts';
import type { Diagnostic, SourceRange } from '../model/source.ts';
import { missingKeepGroup } from '../plan/keep-group.ts';
import { selectHosts } from '../plan/select-hosts.ts';
import { err, ok, type Result } from '../util/result.ts';
import { findInventory } from './find-inventory.ts';
import { openInventory, type Opened } from './open-files.ts';
import type { Surroundings } from './surroundings.ts';
import { because, type Trouble } from './trouble.ts';

export interface HostSelection {
  readonly inventory?: string | undefined;
  /** A pattern, instead of the runbook's own. */
  readonly hosts?: string | undefined;
  /** A pattern that narrows it. */
  readonly limit?: string | undefined;
  /** Exactly these, instead of all patterns. */
  readonly names?: readonly string[] | undefined;
  /** This machine, without an inventory. */
  readonly local: boolean;
}

/** Where hosts come from. */
export interface HostSource {
  choose(runbook: Runbook): Result<readonly InventoryHost[], ErrorInfo>;
  /** Where a variable of a host is written. */
  readonly locate: (host: string, variable: string) => SourceRange | undefined;
  /** Absent without an inventory. */
  readonly inventoryFile?: string;
}

export async function openHosts(
  selection: HostSelection,
  surroundings: Surroundings,
): Promise<Result<Opened<HostSource>, Trouble>> {
  if (selection.local) {
    const choose: HostSource['choose'] = (runbook) => {
      const missing = missingKeepGroup(runbook, undefined);
      return missing === undefined ? ok([THIS_MACHINE]) : err(missing);
    };
    return ok({ value: { choose, locate: () => undefined }, sources: [], warnings: [] });
  }
  const path = findInventory(selection.inventory, surroundings);
  if (!path.ok) return err(because(path.error));
  const opened = await openInventory([path.value], surroundings);
  if (!opened.ok) return opened;
  const inventory = opened.value.value;
  const locate: HostSource['locate'] = (host, variable) => inventory.origins(host, variable)[0]?.at;
  return ok({
    sources: opened.value.sources,
    warnings: [...opened.value.warnings, ...unreadFolders(path.value)],
    value: { choose: (runbook) => choose(runbook, inventory, selection), locate, inventoryFile: path.value },
  });
}

/** Ansible reads these beside an inventory. To pass them over in silence could mean another user or another port. */
function unreadFolders(inventory: string): readonly Diagnostic[] {
  const start = { line: 1, column: 1, offset: 0 };
  return ['group_vars', 'host_vars']
    .filter((folder) => existsSync(join(dirname(inventory), folder)))
    .map((folder) => ({
      severity: 'warning',
      code: 'W_NOT_READ',
      message: `the folder ${folder} beside the inventory is not read`,
      hint: 'put these variables into the inventory itself, under vars:',
      at: { file: inventory, start, end: start },
    }));
}

const THIS_MACHINE: InventoryHost = {
  name: 'localhost',
  groups: [],
  connection: 'local',
  address: '127.0.0.1',
  sshOptions: [],
  becoming: { method: 'sudo' },
  secrets: {},
  vars: {},
  problems: [],
};

/** `--hosts`, else the runbook's own hosts, else what `--limit` names: never all because nobody said anything. */
function choose(
  runbook: Runbook,
  inventory: Inventory,
  { hosts, limit, names }: HostSelection,
): Result<readonly InventoryHost[], ErrorInfo> {
  const missing = missingKeepGroup(runbook, inventory);
  if (missing !== undefined) return err(missing);
  if (names !== undefined) return chooseNamed(inventory, names);
  const pattern = hosts ?? runbook.hosts ?? limit;
  if (pattern === undefined) {
    const message = `the runbook ${runbook.name} names no hosts, and neither does the command line`;
    return err({ code: 'usage', message, hint: 'choose some: --hosts web01,web02 or --hosts all' });
  }
  const selected = selectHosts(inventory, pattern, limit);
  if (selected.ok || hosts !== undefined || runbook.hosts === undefined) return selected;
  const own = `${runbook.name} is for the hosts ${runbook.hosts}; --hosts chooses others`;
  return err({ ...selected.error, hint: [selected.error.hint, own].filter(Boolean).join('\n') });
}

function chooseNamed(inventory: Inventory, names: readonly string[]): Result<readonly InventoryHost[], ErrorInfo> {
  const known = new Set(inventory.hosts.map(({ name }) => name));
  const gone = names.filter((name) => !known.has(name));
  const wanted = new Set(names);
  if (gone.length === 0) return ok(inventory.hosts.filter(({ name }) => wanted.has(name)));
  return err({ code: 'refused', message: `${inventory.name} has no host ${gone.join(', ')} any more` });
}
