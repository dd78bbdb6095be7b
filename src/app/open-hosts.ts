import type { ErrorInfo } from '../model/error.ts';
import type { InventoryHost } from '../model/host.ts';
import type { Inventory } from '../model/inventory.ts';
import type { Runbook } from '../model/runbook.ts';
import type { SourceRange } from '../model/source.ts';
import { missingKeepGroup } from '../plan/keep-group.ts';
import { hostsMeant, selectHosts } from '../plan/select-hosts.ts';
import { err, ok, type Result } from '../util/result.ts';
import { hostNamed } from './inventory-hosts.ts';
import { readNamesFrom } from './limit-file.ts';
import type { Opened } from './open-files.ts';
import { openInventory, type InventoryOptions } from './open-inventory.ts';
import type { HostsFrom } from './run-selection.ts';
import type { Site } from './surroundings.ts';
import type { Trouble } from './trouble.ts';

export interface HostSelection extends InventoryOptions {
  /** A pattern, instead of the runbook's own. */
  readonly hosts?: string | undefined;
  /** A pattern that narrows it; `@FILE` in it stands for names, one a line. */
  readonly limit?: string | undefined;
  /** Exactly these, instead of all patterns. */
  readonly names?: readonly string[] | undefined;
  /** Those of `names` that cannot be reached as they are written are left out, instead of being an error. */
  readonly mayLack?: boolean;
  /** This machine, without an inventory. */
  readonly local: boolean;
}

/** Where hosts come from. */
export interface HostSource {
  choose(runbook: Runbook): Result<readonly InventoryHost[], ErrorInfo>;
  /** The host of exactly this name, whoever is chosen. */
  named(name: string): Result<InventoryHost, ErrorInfo>;
  /** The hosts of a pattern, whoever is chosen: see `hostsMeant`. */
  readonly hostsOf: (pattern: string) => ReadonlySet<string> | undefined;
  /** Where a variable of a host is written. */
  readonly locate: (host: string, variable: string) => SourceRange | undefined;
  readonly from: HostsFrom;
  /** Of the inventory, for people. */
  readonly name: string;
}

export async function openHosts(
  selection: HostSelection,
  surroundings: Site,
): Promise<Result<Opened<HostSource>, Trouble>> {
  if (selection.local) {
    const choose: HostSource['choose'] = (runbook) => {
      const missing = missingKeepGroup(runbook, undefined);
      return missing === undefined ? ok([THIS_MACHINE]) : err(missing);
    };
    const hostsOf: HostSource['hostsOf'] = (pattern) => hostsMeant(ONLY_THIS_MACHINE, pattern);
    const value = { choose, named: notHere, hostsOf, locate: () => undefined, from: {}, name: 'this machine' };
    return ok({ value, sources: [], warnings: [] });
  }
  const opened = await openInventory(selection, surroundings);
  if (!opened.ok) return opened;
  const { inventory, found, ansibleCfg } = opened.value.value;
  const { vaultPasswordFile } = selection;
  const from: HostsFrom = {
    inventories: found.sources,
    ...(ansibleCfg !== undefined && { ansibleCfg }),
    ...(vaultPasswordFile !== undefined && { vaultPasswordFiles: vaultPasswordFile }),
  };
  const locate: HostSource['locate'] = (host, variable) => inventory.origins(host, variable)[0]?.at;
  const value: HostSource = {
    choose: (runbook) => choose(runbook, inventory, selection, surroundings),
    named: (name) => hostNamed(inventory, name),
    hostsOf: (pattern) => hostsMeant(inventory, pattern),
    locate,
    from,
    name: inventory.name,
  };
  return ok({ ...opened.value, value });
}

const notHere: HostSource['named'] = () =>
  err({
    code: 'usage',
    message: 'with --local there is no other host',
    hint: 'choose hosts from an inventory: -i FILE',
  });

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

const ONLY_THIS_MACHINE: Inventory = {
  name: 'this machine',
  hosts: [THIS_MACHINE],
  all: { name: 'all', hosts: [THIS_MACHINE.name], ownHosts: [], children: [] },
  groups: [],
  variables: () => ({}),
  variablesOfGroup: () => Promise.resolve({}),
  origins: () => [],
};

/** `--hosts`, else the runbook's own hosts, else what `--limit` names: never all because nobody said anything. */
function choose(
  runbook: Runbook,
  inventory: Inventory,
  { hosts, limit, names, mayLack }: HostSelection,
  surroundings: Site,
): Result<readonly InventoryHost[], ErrorInfo> {
  const missing = missingKeepGroup(runbook, inventory);
  if (missing !== undefined) return err(missing);
  if (names !== undefined) return chooseNamed(inventory, names, mayLack === true);
  const pattern = hosts ?? runbook.hosts;
  if (pattern === undefined && limit === undefined) {
    const message = `the runbook ${runbook.name} names no hosts, and neither does the command line`;
    return err({ code: 'usage', message, hint: 'choose some: --hosts web01,web02 or --hosts all' });
  }
  const selected = selectHosts(inventory, { pattern, limit }, readNamesFrom(surroundings));
  if (selected.ok || hosts !== undefined || runbook.hosts === undefined) return selected;
  const own = `${runbook.name} is for the hosts ${runbook.hosts}; --hosts chooses others`;
  return err({ ...selected.error, hint: [selected.error.hint, own].filter(Boolean).join('\n') });
}

function chooseNamed(
  inventory: Inventory,
  names: readonly string[],
  mayLack: boolean,
): Result<readonly InventoryHost[], ErrorInfo> {
  const known = new Map(inventory.hosts.map((host) => [host.name, host]));
  const gone = names.filter((name) => !known.has(name));
  if (mayLack || gone.length === 0) return ok(names.flatMap((name) => known.get(name) ?? []));
  return err({
    code: 'refused',
    message: `${inventory.name} has no host ${gone.join(', ')} any more`,
    hint: 'runbook inventory list shows all hosts',
  });
}
