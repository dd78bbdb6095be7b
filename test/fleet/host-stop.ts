import { hostCgroups, processesIn } from './cgroups.ts';
import { hostFolder, machineName, type Fleet } from './records.ts';
import { scriptSync } from './shell.ts';

const REMOVE = `
umount -l "$FOLDER/root" 2>/dev/null || true
umount -l "$FOLDER/layer" 2>/dev/null || true
ip netns delete "$NAMESPACE" 2>/dev/null || true
for group in $CGROUPS; do find "$group" -depth -type d -exec rmdir {} + 2>/dev/null || true; done
rm -rf --one-file-system "$FOLDER"`;

/**
 * Kills what runs in the host's own control group and removes its mounts, network and files.
 * Needs no record but the names, so it also clears a start that was cut off half way. Safe to repeat.
 */
export function stopHost(fleet: Fleet, name: string): void {
  const cgroups = hostCgroups(fleet.bridge, name);
  killAll(cgroups);
  scriptSync(REMOVE, {
    FOLDER: hostFolder(fleet, name),
    NAMESPACE: machineName(fleet, name),
    CGROUPS: cgroups.join(' '),
  });
}

function killAll(cgroups: string[]): void {
  for (let round = 0; round < 200; round++) {
    const pids = cgroups.flatMap(processesIn);
    if (pids.length === 0) return;
    for (const pid of pids) kill(pid);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
  }
  throw new Error(`Processes in ${cgroups.join(' ')} outlive SIGKILL; look at their state with ps.`);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // gone already
  }
}
