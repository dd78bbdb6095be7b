import { randomUUID } from 'node:crypto';
import { hostCgroups } from './cgroups.ts';
import { JOIN } from './host-start.ts';
import { hostFolder, machineName, type Fleet } from './records.ts';
import { settableClock } from './settable-clock.ts';
import { script } from './shell.ts';

// An empty resolv.conf: else sudo and Apache wait 10 s for a name server.
// Layers are named from here: the host's own table of mounts, which evidence is made of, has no path of this machine.
// The link's name is the claim on the address, as two processes may add hosts to one fleet.
// The hardware address follows from it: neighbours remember that of an earlier host for half a minute.
const PREPARE = `mkdir "$FOLDER"; ${JOIN}
cd "$FOLDER"; mkdir layer root
mount -t tmpfs -o size=512m,mode=755 "$MACHINE" layer
mkdir layer/upper layer/work; ln -s "$BASE" base
mount -t overlay -o lowerdir=base,upperdir=layer/upper,workdir=layer/work "$MACHINE" root

ip netns add "$MACHINE"
i=2
mac() { printf '02:72:62:%02x:%02x:%02x' $NUMBER $((i / 256)) $((i % 256)); }
until ip link add "\${BRIDGE}h$i" type veth peer name eth0 address "$(mac)" netns "$MACHINE" 2>/dev/null; do
  i=$((i + 1)); [ $i -lt 1020 ]
done
address=10.99.$((NUMBER * 4 + i / 256)).$((i % 256))
ip link set "\${BRIDGE}h$i" master "$BRIDGE" up
ip -n "$MACHINE" link set lo up
ip -n "$MACHINE" addr add "$address/22" dev eth0
ip -n "$MACHINE" link set eth0 up

echo "$NAME" >root/etc/hostname
printf '127.0.0.1 localhost\\n%s %s\\n' "$address" "$NAME" >root/etc/hosts
echo "$MACHINE_ID" >root/etc/machine-id
for type in $KEY_TYPES; do ssh-keygen -q -t $type -N '' -C "$NAME" -f root/etc/ssh/ssh_host_\${type}_key; done
sed "s/^/$NAME,$address /" root/etc/ssh/ssh_host_*_key.pub >known_hosts
for home in root home/ops; do
  install -d -m 700 "root/$home/.ssh"; cp ../../id_ed25519.pub "root/$home/.ssh/authorized_keys"
done
chroot root chown -R ops:ops /home/ops/.ssh
[ -z "$CLOCK" ] || install -D -m 755 "$CLOCK" root/usr/local/lib/settable-clock.so
echo "$address"`;

/** Makes the host's files and network; returns its address. `keyTypes`: its ssh host keys, such as `rsa ed25519`. */
export async function prepareRoot(fleet: Fleet, name: string, keyTypes: string): Promise<string> {
  return script(PREPARE, {
    NAME: name,
    KEY_TYPES: keyTypes,
    MACHINE: machineName(fleet, name),
    CGROUPS: hostCgroups(fleet.bridge, name).join(' '),
    FLEET: fleet.folder,
    MACHINE_ID: randomUUID().replaceAll('-', ''),
    FOLDER: hostFolder(fleet, name),
    BASE: fleet.base,
    CLOCK: await settableClock(),
    BRIDGE: fleet.bridge,
    NUMBER: `${fleet.number}`,
  });
}
