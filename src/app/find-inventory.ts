import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { AnsibleCfg } from '../load/ansible-cfg.ts';
import type { ErrorInfo } from '../model/error.ts';
import { err, ok, type Result } from '../util/result.ts';
import { fromHere } from './find-runbook.ts';
import type { Site } from './surroundings.ts';

/** Where the hosts of a command come from. */
export interface FoundInventory {
  /** Paths, or lists of hosts with a comma in them; the later one is the stronger. */
  readonly sources: readonly string[];
  /** What named them: `-i`, `$RUNBOOK_INVENTORY`, `./inventory.yaml`, `ansible.cfg`, a configuration, `/etc/runbook/inventory.yaml`. */
  readonly namedBy: string;
}

const MAKE_ONE = `printf 'all:\\n  hosts:\\n    web01:\\n      ansible_host: 192.0.2.10\\n' > inventory.yaml`;

/**
 * The inventory to use: `-i`, `$RUNBOOK_INVENTORY`, `./inventory.yaml`, that of the ansible.cfg, `inventory` of the configuration,
 * `/etc/runbook/inventory.yaml`; the first that is given or there. One that is given and not there is not passed over: reading it fails.
 */
export function findInventory(
  options: readonly string[],
  ansibleCfg: AnsibleCfg | undefined,
  surroundings: Site,
): Result<FoundInventory, ErrorInfo> {
  const named = (namedBy: string, sources: readonly string[]) =>
    ok({ namedBy, sources: sources.map((source) => sourceFromHere(source, surroundings)) });
  if (options.length > 0) return named('-i', options);
  const variable = surroundings.environment['RUNBOOK_INVENTORY'] ?? '';
  if (variable !== '') return named('$RUNBOOK_INVENTORY', [variable]);
  if (existsSync(join(surroundings.directory, 'inventory.yaml'))) {
    if (isWritableByAll(surroundings.directory)) return err(UNSAFE);
    return named('./inventory.yaml', ['inventory.yaml']);
  }
  if (ansibleCfg !== undefined && ansibleCfg.inventory.length > 0) return named('ansible.cfg', ansibleCfg.inventory);
  const configured = surroundings.configuration.inventory;
  if (configured !== undefined) return ok({ namedBy: configured.at.file, sources: configured.value });
  const ofSite = siteInventory(surroundings);
  if (existsSync(ofSite)) return named(ofSite, [ofSite]);
  return err(notFound(ansibleCfg, surroundings));
}

/** Whoever may write there can put a file there that nobody named. */
export function isWritableByAll(directory: string): boolean {
  const mode = statSync(directory, { throwIfNoEntry: false })?.mode ?? 0;
  return (mode & 0o002) !== 0;
}

/** `web1,web2,` is a list of hosts, unless there is a file of that name. */
function sourceFromHere(source: string, surroundings: Site): string {
  const path = fromHere(source, surroundings);
  return source.includes(',') && !existsSync(path) ? source : path;
}

const siteInventory = ({ siteDirectory }: Site): string => join(siteDirectory, 'inventory.yaml');

const UNSAFE: ErrorInfo = {
  code: 'usage',
  message: 'every user may write this directory, so its inventory.yaml is not taken unless it is named',
  hint: 'if it is yours: add -i inventory.yaml, or chmod o-w .',
};

function notFound(ansibleCfg: AnsibleCfg | undefined, site: Site): ErrorInfo {
  const places = [
    ['-i FILE', 'not given'],
    ['$RUNBOOK_INVENTORY', 'not set'],
    ['./inventory.yaml', 'not there'],
    ['ansible.cfg', ansibleCfg === undefined ? 'not there' : 'has no inventory ='],
    ['configuration', 'has no inventory:'],
    [siteInventory(site), 'not there'],
  ] as const;
  const width = Math.max(...places.map(([place]) => place.length));
  const message = [
    'there is no inventory; looked at',
    ...places.map(([place, why]) => `${place.padEnd(width)}  (${why})`),
  ].join('\n  ');
  const [first, ...others] = ansibleInventories(site.directory);
  const make = `make one with the hosts you have:\n${MAKE_ONE}\nor work on this machine itself: add --local`;
  if (first === undefined) return { code: 'usage', message, hint: make };
  const also = others.length === 0 ? '' : `\nor one of: ${others.slice(0, MOST_SHOWN).join(' ')}`;
  return { code: 'usage', message, hint: `what lies here looks like Ansible's; name it: -i ${first}${also}` };
}

const MOST_SHOWN = 8;
const USUAL_NAMES = [
  'hosts',
  'hosts.ini',
  'hosts.yml',
  'hosts.yaml',
  'inventory',
  'inventory.ini',
  'inventory.yml',
  'production',
  'staging',
];

/** Under the names that Ansible repositories use. */
function ansibleInventories(directory: string): readonly string[] {
  const usual = USUAL_NAMES.filter((name) => existsSync(join(directory, name))).map((name) =>
    statSync(join(directory, name)).isDirectory() ? `${name}/` : name,
  );
  return [...usual, ...namesIn(join(directory, 'inventories')).map((name) => `inventories/${name}`)];
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
      .filter((name) => !/^(?:\.|group_vars$|host_vars$)/.test(name))
      .toSorted();
  } catch {
    return [];
  }
}
