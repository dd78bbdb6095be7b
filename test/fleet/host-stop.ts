import { hostCgroups } from './cgroups.ts';
import { hostFolder, machineName, type Fleet } from './records.ts';
import { scriptSync } from './shell.ts';

// Under the lock that starters share: who starts later finds no folder, who started before is in the control groups.
const LOCKED = '{ : >>"$FLEET/lock"; } 2>/dev/null || exit 0; exec 9>>"$FLEET/lock"; flock -w 120 9';

/** Shell functions that remove hosts, of which only the names need to be known: so they also clear what was cut off half way. */
export const REMOVAL = `
kill_all() {
  rounds=0
  while :; do
    pids=$(for group in "$@"; do find "$group" -name cgroup.procs -exec cat {} + 2>/dev/null; done | sort -u)
    [ -n "$pids" ] || return 0
    rounds=$((rounds + 1))
    [ $rounds -lt 500 ] || { echo "these outlive SIGKILL; look at their state with ps:" $pids >&2; exit 1; }
    kill -KILL $pids 2>/dev/null || true
    sleep 0.02
  done
}
remove_groups() {
  for group in "$@"; do find "$group" -depth -type d -exec rmdir {} + 2>/dev/null || true; done
}
remove_files() { # MACHINE FOLDER
  umount -l "$2/root" 2>/dev/null || true
  umount -l "$2/layer" 2>/dev/null || true
  ip netns delete "$1" 2>/dev/null || true
  rm -rf --one-file-system "$2"
}`;

const STOP = `${LOCKED}
${REMOVAL}
kill_all $CGROUPS
remove_files "$MACHINE" "$FOLDER"
remove_groups $CGROUPS`;

/** Kills what runs in the host's own control group and removes its mounts, network and files. Safe to repeat. */
export function stopHost(fleet: Fleet, name: string): void {
  scriptSync(STOP, {
    FLEET: fleet.folder,
    FOLDER: hostFolder(fleet, name),
    MACHINE: machineName(fleet, name),
    CGROUPS: hostCgroups(fleet.bridge, name).join(' '),
  });
}
