/**
 * Shell that moves into control groups of the host's own, if the host is not being removed: what is in them is what
 * `stopHost` kills. Hosts that share them would kill each other's services, too (`systemctl kill` fails with EIO).
 */
export const JOIN = `
exec 9>>"$FLEET/lock"; flock -s -w 120 9
[ "$FLEET/lock" -ef /proc/self/fd/9 ]; [ ! -e "$FLEET/going" ]; [ -d "$FOLDER" ]
for group in $CGROUPS; do mkdir -p "$group" 2>/dev/null || mkdir -p "$group"; echo $$ >"$group/cgroup.procs"; done
exec 9>&-; cd /`;

/** The variable makes `/proc/sys` writable, as on a server. Status 133 is a request to reboot. */
export const FULL = `${JOIN}
export SYSTEMD_NSPAWN_API_VFS_WRITABLE=yes LD_LIBRARY_PATH=$(echo "$TOOLS"/usr/lib/*/systemd)
while :; do
  status=0
  "$TOOLS/usr/bin/systemd-nspawn" -q --keep-unit --register=no --capability=all --resolv-conf=off \
    --network-namespace-path="/run/netns/$MACHINE" -M "$MACHINE" --hostname="$NAME" -D "$FOLDER/root" -b || status=$?
  [ $status = 133 ] || exit
done`;

export const LIGHT = `${JOIN}
exec ip netns exec "$MACHINE" unshare --ipc --uts --pid --mount --fork --kill-child sh -euc '
hostname "$NAME"; cd "$FOLDER/root"
mount -t proc proc proc; mount -t sysfs sysfs sys; mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs -o mode=1777 tmpfs dev/shm; mount -t devpts -o newinstance,ptmxmode=666,mode=620,gid=5 devpts dev/pts
mount --bind dev/pts/ptmx dev/ptmx
cat /proc/sys/kernel/random/uuid >run/boot_id; mount --bind run/boot_id proc/sys/kernel/random/boot_id
mkdir run/sshd; mkdir -m 1777 run/lock
exec chroot . /usr/sbin/sshd -D -e -o UsePAM=no'`;
