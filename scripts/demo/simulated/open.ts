import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ok, type Result } from '../../../src/util/result.ts';
import { PORTS, type DemoHost, type Incident } from '../demo-host.ts';
import type { Scratch } from '../scratch.ts';
import { COMPLAINT, OTHER_UID, SimulatedMachine, USERS, type SimulatedSet } from './machine.ts';
import { repairInProcess } from './repair.ts';

const INVENTORY = 'webservers:\n  hosts:\n    web01: {}\n';
const MOST_ROUNDS = 20;

/** A host that exists only in this process, for machines where none can be made. */
export function openSimulatedHost(scratch: Scratch, signal: AbortSignal): Result<DemoHost, string> {
  const folder = scratch.path('c');
  mkdirSync(folder);
  writeFileSync(join(folder, 'inventory.yaml'), INVENTORY);
  const machine = new SimulatedMachine();
  return ok({
    tier: 'c',
    description: 'SIMULATED, no real host',
    note:
      'SIMULATED: there is no host, no Apache, no semaphore and no SSH here. The runbook, the engine, the record and what is ' +
      'shown are the real ones; the answers of the host come from a small model of it (scripts/demo/simulated).',
    breakApache: () => Promise.resolve(breakApache(machine)),
    shell: (command) => Promise.resolve(command.startsWith('df ') ? DF : ipcs(machine.sets)),
    sets: () => Promise.resolve(machine.sets.map(({ id }) => id)),
    servingPorts: () => Promise.resolve(machine.apache === undefined ? [] : PORTS),
    repair: () => repairInProcess(machine, folder, signal),
  });
}

function breakApache(machine: SimulatedMachine): Incident {
  const keyed = machine.makeSet({ key: 0x5eed0001 });
  const other = machine.makeSet({ uid: OTHER_UID });
  const live = machine.makeSet({ isAlive: true });
  const foreign = [
    { id: keyed, why: 'has a key: shared by name' },
    { id: other, why: "another user's" },
    { id: live, why: 'used by license-server' },
  ];
  for (let round = 0; round < MOST_ROUNDS && machine.startApache(); round++) machine.killApache();
  const leaked = machine.sets.map(({ id }) => id).filter((id) => foreign.every((set) => set.id !== id));
  return { leaked, foreign, complaint: COMPLAINT };
}

const DF = `Filesystem      Size  Used Avail Use% Mounted on
/dev/sda1        20G  2.9G   17G  15% /`;

/** As ipcs of util-linux prints them. */
function ipcs(sets: readonly SimulatedSet[]): string {
  const rows = sets.map(({ id, key, uid }) => {
    const owner = USERS.get(uid) ?? `${uid}`;
    return `0x${key.toString(16).padStart(8, '0')} ${`${id}`.padEnd(10)} ${owner.padEnd(10)} 600        1`;
  });
  return ['------ Semaphore Arrays --------', 'key        semid      owner      perms      nsems', ...rows].join('\n');
}
