import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { baseImage } from './base-image.ts';
import { cacheFolder } from './cache.ts';
import { hostCgroups } from './cgroups.ts';
import { stopHost } from './host-stop.ts';
import { isAlive, thisProcess, untilDown, type Owner } from './owner.ts';
import { script, scriptSync } from './shell.ts';

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

const SUBNETS = 64;

// Making the link is the claim on its number: the kernel refuses a name that is taken.
const CREATE = `
umask 077; mkdir -p "$FOLDER/hosts"
[ -f "$FOLDER/id_ed25519" ] || ssh-keygen -q -t ed25519 -N '' -C "$NAME" -f "$FOLDER/id_ed25519"
number=0
until ip link add "rbf$number" type bridge 2>/dev/null; do number=$((number + 1)); [ $number -lt $SUBNETS ]; done
ip addr add "10.99.$((number * 4)).1/22" dev "rbf$number"
ip link set "rbf$number" up
echo $number`;

let ownFleet: Promise<Fleet> | undefined;

/** The fleet of this process: gone with it, whether it ends, is interrupted or (at the next start of any fleet) was killed. */
export function processFleet(): Promise<Fleet> {
  ownFleet ??= createFleet(`process-${process.pid}`, thisProcess()).then((fleet) => {
    process.once('exit', () => stopFleet(fleet));
    for (const [signal, code] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
      ['SIGHUP', 129],
    ] as const)
      process.once(signal, () => process.exit(code));
    return fleet;
  });
  return ownFleet;
}

/** A fleet that stays until `stopFleet`. An existing one of that name is taken up. */
export async function keptFleet(name: string): Promise<Fleet> {
  sweep();
  return savedFleet(name) ?? (await createFleet(name, untilDown()));
}

export function savedFleet(name: string): Fleet | undefined {
  const file = join(fleetsFolder(), name, 'fleet.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Fleet) : undefined;
}

async function createFleet(name: string, owner: Owner): Promise<Fleet> {
  sweep();
  const folder = join(fleetsFolder(), name);
  const base = await baseImage();
  const number = Number(await script(CREATE, { FOLDER: folder, NAME: `runbook-fleet-${name}`, SUBNETS: `${SUBNETS}` }));
  const keyFile = join(folder, 'id_ed25519');
  const fleet: Fleet = { name, folder, base, bridge: `rbf${number}`, number, keyFile, owner };
  writeFileSync(join(folder, 'fleet.json.new'), JSON.stringify(fleet, null, 2));
  renameSync(join(folder, 'fleet.json.new'), join(folder, 'fleet.json'));
  return fleet;
}

export function hostNames(fleet: Fleet): string[] {
  return existsSync(fleet.folder) ? readdirSync(join(fleet.folder, 'hosts')).sort() : [];
}

/** Stops every host and removes all that the fleet ever made. Safe to repeat. */
export function stopFleet(fleet: Fleet): void {
  for (const name of hostNames(fleet)) stopHost(fleet, name);
  scriptSync('ip link delete "$BRIDGE" 2>/dev/null || true; rmdir $CGROUPS 2>/dev/null || true', {
    BRIDGE: fleet.bridge,
    CGROUPS: hostCgroups(fleet.bridge, '').join(' '),
  });
  rmSync(fleet.folder, { recursive: true, force: true });
}

/** Removes what killed test processes left behind. */
export function sweep(): void {
  mkdirSync(fleetsFolder(), { recursive: true, mode: 0o700 });
  for (const name of readdirSync(fleetsFolder())) {
    const fleet = savedFleet(name);
    if (fleet && !isAlive(fleet.owner)) stopFleet(fleet);
  }
}

function fleetsFolder(): string {
  return join(cacheFolder(), 'fleets');
}
