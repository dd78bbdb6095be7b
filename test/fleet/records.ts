import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from './cache.ts';
import type { Owner } from './owner.ts';

/** Hosts that share a bridge, a subnet of their own and a key. */
export interface Fleet {
  name: string;
  folder: string;
  /** Root file system below every host's own layer. */
  base: string;
  /** Its bridge, and the prefix of all its links, network namespaces and control groups. */
  bridge: string;
  /** Its subnet is the `number`-th /22 of 10.99.0.0/16. */
  number: number;
  /** Private key that opens `root` and `ops` on every host. */
  keyFile: string;
  owner: Owner;
}

export function fleetsFolder(): string {
  return join(cacheFolder(), 'fleets');
}

/** A name that is a folder, and no other place: the folder of a fleet is removed with all that is in it. */
export function isFleetName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9_-]{0,40}$/.test(name);
}

export function fleetFolder(name: string): string {
  if (!isFleetName(name)) throw new Error(`"${name}" is no name of a fleet`);
  return join(fleetsFolder(), name);
}

export function hostFolder(fleet: Fleet, host: string): string {
  return join(fleet.folder, 'hosts', host);
}

/** Name of the host's network namespace, unique on this machine. */
export function machineName(fleet: Fleet, host: string): string {
  return `${fleet.bridge}-${host}`;
}

export function savedFleet(name: string): Fleet | undefined {
  const file = join(fleetFolder(name), 'fleet.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Fleet) : undefined;
}

/** Its removal has begun, and was cut off unless it is still on its way. */
export function isGoing(fleet: Fleet): boolean {
  return existsSync(join(fleet.folder, 'going'));
}

export function hostNames(fleet: Fleet): string[] {
  const hosts = join(fleet.folder, 'hosts');
  return existsSync(hosts) ? readdirSync(hosts).toSorted() : [];
}
