import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { baseImage } from './base-image.ts';
import { hostCgroups } from './cgroups.ts';
import { stopHost } from './host-stop.ts';
import { isAlive, isOfThisBoot, thisProcess, untilDown, type Owner } from './owner.ts';
import { fleetFolder, fleetsFolder, hostNames, savedFleet, type Fleet } from './records.ts';
import { script, scriptSync } from './shell.ts';

const SUBNETS = 64;

// Making the link is the claim on its number: the kernel refuses a name that is taken.
// Its hardware address is set, else it changes as hosts come and go, and the others' answers get lost.
// The route: what is sent to a subnet without a fleet must not leave this machine.
const CREATE = `
umask 077; mkdir -p "$FOLDER/hosts"
[ -f "$FOLDER/id_ed25519" ] || ssh-keygen -q -t ed25519 -N '' -C "$NAME" -f "$FOLDER/id_ed25519"
number=0
until ip link add "rbf$number" type bridge 2>/dev/null; do number=$((number + 1)); [ $number -lt $SUBNETS ]; done
ip link set "rbf$number" address "$(printf '02:72:62:%02x:00:01' $number)"
ip addr add "10.99.$((number * 4)).1/22" dev "rbf$number"
ip link set "rbf$number" up
ip route replace unreachable 10.99.0.0/16 metric 9999
echo $number`;

const REMOVE = `
ip link delete "$BRIDGE" 2>/dev/null || true
ip link show type bridge | grep -q ' rbf' || ip route delete unreachable 10.99.0.0/16 metric 9999 2>/dev/null || true
rmdir $CGROUPS 2>/dev/null || true`;

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

async function createFleet(name: string, owner: Owner): Promise<Fleet> {
  sweep();
  const folder = fleetFolder(name);
  const base = await baseImage();
  const number = Number(await script(CREATE, { FOLDER: folder, NAME: `runbook-fleet-${name}`, SUBNETS: `${SUBNETS}` }));
  const keyFile = join(folder, 'id_ed25519');
  const fleet: Fleet = { name, folder, base, bridge: `rbf${number}`, number, keyFile, owner };
  writeFileSync(join(folder, 'fleet.json.new'), JSON.stringify(fleet, null, 2));
  renameSync(join(folder, 'fleet.json.new'), join(folder, 'fleet.json'));
  return fleet;
}

/** Stops every host and removes all that the fleet ever made. Safe to repeat. */
export function stopFleet(fleet: Fleet): void {
  for (const name of hostNames(fleet)) stopHost(fleet, name);
  scriptSync(REMOVE, {
    BRIDGE: fleet.bridge,
    CGROUPS: hostCgroups(fleet.bridge, '').join(' '),
  });
  rmSync(fleet.folder, { recursive: true, force: true });
}

/** Removes what killed test processes and earlier boots of this machine left behind. */
export function sweep(): void {
  mkdirSync(fleetsFolder(), { recursive: true, mode: 0o700 });
  for (const name of readdirSync(fleetsFolder())) {
    const fleet = savedFleet(name);
    if (!fleet || isAlive(fleet.owner)) continue;
    // A restart left files only; its bridge's name may be another fleet's by now.
    if (isOfThisBoot(fleet.owner)) stopFleet(fleet);
    else rmSync(fleet.folder, { recursive: true, force: true });
  }
}
