import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { baseImage } from './base-image.ts';
import { hostCgroups } from './cgroups.ts';
import { REMOVAL } from './host-stop.ts';
import { isAlive, isOfThisBoot, thisProcess, untilDown, type Owner } from './owner.ts';
import { fleetFolder, fleetsFolder, isGoing, savedFleet, type Fleet } from './records.ts';
import { scriptSync } from './shell.ts';

const SUBNETS = 64;

// One process at a time makes a fleet or takes the last of one away. It is not the lock of a fleet, which its starters share.
const ALONE = 'umask 077; mkdir -p "$FLEETS"; exec 8>>"$FLEETS.lock"; flock -w 120 8';

// Of a process that was killed before the record was written.
const CLEAR = `${ALONE}
for folder in "$FLEETS"/*; do [ ! -d "$folder" ] || [ -e "$folder/fleet.json" ] || rm -rf --one-file-system "$folder"; done
for path in /sys/class/net/rbf*/bridge; do
  link=\${path%/bridge}; link=\${link##*/}
  [ ! -d "$path" ] || grep -qs "\\"bridge\\": \\"$link\\"" "$FLEETS"/*/fleet.json || ip link delete "$link"
done`;

// Making the link is the claim on its number: the kernel refuses a name that is taken.
// Its hardware address is set, else it changes as hosts come and go, and the others' answers get lost.
// The route: what is sent to a subnet without a fleet must not leave this machine.
const CREATE = `${ALONE}
[ ! -e "$FOLDER/fleet.json" ] || exit 0
rm -rf --one-file-system "$FOLDER"
mkdir -p "$FOLDER/hosts"
ssh-keygen -q -t ed25519 -N '' -C "runbook-fleet-$NAME" -f "$FOLDER/id_ed25519"
number=0
until ip link add "rbf$number" type bridge 2>/dev/null; do number=$((number + 1)); [ $number -lt $SUBNETS ]; done
ip link set "rbf$number" address "$(printf '02:72:62:%02x:00:01' $number)"
ip addr add "10.99.$((number * 4)).1/22" dev "rbf$number"
ip link set "rbf$number" up
ip route replace unreachable 10.99.0.0/16 metric 9999
echo "$RECORD" | sed "s/\\"NUMBER\\"/$number/; s/NUMBER/$number/" >"$FOLDER/fleet.json.new"
mv "$FOLDER/fleet.json.new" "$FOLDER/fleet.json"`;

// The record goes last: a removal that is cut off is gone on with by the next one.
const REMOVE = `
{ : >>"$FOLDER/lock"; } 2>/dev/null || exit 0
exec 9>>"$FOLDER/lock"; flock -w 120 9
[ "$FOLDER/lock" -ef /proc/self/fd/9 ] || exit 0
: >"$FOLDER/going"
${REMOVAL}
kill_all $CGROUPS
for folder in "$FOLDER"/hosts/*; do [ ! -d "$folder" ] || remove_files "$BRIDGE-\${folder##*/}" "$folder"; done
for path in /sys/class/net/"$BRIDGE"h*; do [ ! -d "$path" ] || ip link delete "\${path##*/}" 2>/dev/null || true; done
${ALONE}
ip link delete "$BRIDGE" 2>/dev/null || true
ip link show type bridge | grep -q ' rbf' || ip route delete unreachable 10.99.0.0/16 metric 9999 2>/dev/null || true
remove_groups $CGROUPS
for group in $CGROUPS; do rmdir "\${group%/*}" 2>/dev/null || true; done
mv "$FOLDER/fleet.json" "$FOLDER/.fleet.json"; rm -rf --one-file-system "$FOLDER"`;

let ownFleet: Promise<Fleet> | undefined;

/** The fleet of this process: gone with it, whether it ends, is interrupted or (at the next start of any fleet) was killed. */
export function processFleet(): Promise<Fleet> {
  if (ownFleet === undefined) sweep();
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
  return savedFleet(name) ?? createFleet(name, untilDown());
}

async function createFleet(name: string, owner: Owner): Promise<Fleet> {
  const folder = fleetFolder(name);
  const base = await baseImage();
  const fleet = {
    name,
    folder,
    base,
    bridge: 'rbfNUMBER',
    number: 'NUMBER',
    keyFile: join(folder, 'id_ed25519'),
    owner,
  };
  scriptSync(CREATE, {
    FLEETS: fleetsFolder(),
    FOLDER: folder,
    NAME: name,
    SUBNETS: `${SUBNETS}`,
    RECORD: JSON.stringify(fleet, null, 2),
  });
  const made = savedFleet(name);
  if (!made) throw new Error(`The fleet "${name}" was removed while it was made`);
  return made;
}

/** Stops every host and removes all that the fleet ever made. Safe to repeat, and to be cut off. */
export function stopFleet(fleet: Fleet): void {
  scriptSync(REMOVE, {
    FLEETS: fleetsFolder(),
    FOLDER: fleet.folder,
    BRIDGE: fleet.bridge,
    CGROUPS: hostCgroups(fleet.bridge, '').join(' '),
  });
}

/** Removes what killed processes and earlier boots of this machine left behind. */
export function sweep(): void {
  mkdirSync(fleetsFolder(), { recursive: true, mode: 0o700 });
  for (const name of readdirSync(fleetsFolder())) {
    const fleet = savedFleet(name);
    if (!fleet) continue;
    // A restart left files only; its bridge's name may be another fleet's by now.
    if (!isOfThisBoot(fleet.owner)) rmSync(fleet.folder, { recursive: true, force: true });
    else if (!isAlive(fleet.owner) || isGoing(fleet)) stopFleet(fleet);
  }
  scriptSync(CLEAR, { FLEETS: fleetsFolder() });
}
