import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { FleetHost } from '../fleet/host.ts';
import { onHost } from '../fleet/on-host.ts';
import { COUNTS, SICK, type Course, type HostCount } from './counted-runbook.ts';

const PROCESSES_END_WITHIN_MS = 10_000;
/** This shell is of another session than what it ends: it is spared by its pid. */
const END_ALL = `for pid in $(ps -eo pid=); do [ "$pid" = 1 ] || [ "$pid" = $$ ] || kill -9 "$pid" 2>/dev/null || :; done`;

/** Whatever a round before has left there is gone. */
export async function makeSick(host: FleetHost, course: Course): Promise<void> {
  await quiet(host);
  if (processesOn(host).length > 0) await onHost(host, END_ALL);
  for (const path of ['/run/runbook', '/run/runbook.lock', COUNTS])
    rmSync(onDisk(host, path), { recursive: true, force: true });
  mkdirSync(onDisk(host, COUNTS));
  writeFileSync(onDisk(host, `${COUNTS}/file`), 'old\n');
  for (const name of SICK[course]) writeFileSync(onDisk(host, `${COUNTS}/${name}`), '');
}

export function countOf(host: FleetHost): HostCount {
  const folder = onDisk(host, COUNTS);
  const counters = readdirSync(folder).filter((name) => !['file', 'sick', 'incurable'].includes(name));
  const linesOf = (name: string): number => readFileSync(join(folder, name), 'utf8').split('\n').length - 1;
  return {
    file: readFileSync(join(folder, 'file'), 'utf8').trim(),
    lines: Object.fromEntries(counters.map((name) => [name, linesOf(name)])),
  };
}

/**
 * Names of the lock, claims and processes of a run that has ended: none, when all is well. What holds the lock is a process. Processes
 * have a moment to end.
 */
export async function leftOn(host: FleetHost): Promise<readonly string[]> {
  await quiet(host);
  const notes = ['runbook.lock', 'runbook/lease'].filter((path) => existsSync(onDisk(host, `/run/${path}`)));
  const ledger = onDisk(host, '/run/runbook');
  const claims = existsSync(ledger) ? readdirSync(ledger, { withFileTypes: true }) : [];
  return [
    ...notes,
    ...claims.filter((entry) => entry.isDirectory()).map(({ name }) => `runbook/${name}`),
    ...processesOn(host),
  ];
}

/** Until nothing of a controller that was killed goes on there. */
export async function quiet(host: FleetHost): Promise<void> {
  const until = performance.now() + PROCESSES_END_WITHIN_MS;
  while (performance.now() < until && processesOn(host).length > 0) await pause(20);
}

/** Command lines of all but sshd's listener and threads of the kernel. */
function processesOn(host: FleetHost): readonly string[] {
  const pids = readdirSync(onDisk(host, '/proc')).filter((name) => /^\d+$/.test(name) && name !== '1');
  return pids.map((pid) => commandLine(onDisk(host, `/proc/${pid}/cmdline`))).filter((line) => line !== '');
}

function commandLine(file: string): string {
  try {
    return readFileSync(file, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return ''; // it has ended since it was listed
  }
}

/** A path of the host, with all that is mounted there, as this machine sees it: without a process on the host, which costs much more. */
function onDisk(host: FleetHost, path: string): string {
  const init = host.init();
  if (init === undefined) throw new Error(`${host.name} is down`);
  return `/proc/${init}/root${path}`;
}
