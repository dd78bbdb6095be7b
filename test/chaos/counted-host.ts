import { setTimeout as pause } from 'node:timers/promises';
import type { FleetHost } from '../fleet/host.ts';
import { onHost } from '../fleet/on-host.ts';
import { COUNTS, SICK, type Course, type HostCount } from './counted-runbook.ts';

const PROCESSES_END_WITHIN_MS = 10_000;
/** All but sshd's listener, this question, and threads of the kernel. */
const LEFT = `for folder in /proc/[0-9]*; do
  pid=\${folder#/proc/}
  [ "$pid" != 1 ] && [ "$pid" != $$ ] && tr '\\0' ' ' <"$folder/cmdline" 2>/dev/null | grep . || :
done`;
/** This shell is of another session than what it ends: it is spared by its pid. */
const END_ALL = `for pid in $(ps -eo pid=); do [ "$pid" = 1 ] || [ "$pid" = $$ ] || kill -9 "$pid" 2>/dev/null || :; done`;
const LEDGER = `cd /run; for path in runbook.lock runbook/lease; do [ ! -e "$path" ] || echo "$path"; done
[ ! -d runbook ] || { find runbook -mindepth 1 -maxdepth 1 -type d; flock -n runbook/lock true || echo 'the lock is held'; }`;

/** Whatever a round before has left there is gone. */
export async function makeSick(host: FleetHost, course: Course): Promise<void> {
  await quiet(host);
  await onHost(host, `${END_ALL}\nrm -rf /run/runbook /run/runbook.lock\n${SICK[course]}`);
}

export async function countOf(host: FleetHost): Promise<HostCount> {
  const said = await onHost(host, `cd ${COUNTS}; echo "$(cat file)"; grep -c . * || :`);
  const [file = '', ...counts] = said.split('\n');
  const lines = counts
    .map((line) => line.split(':'))
    .filter(([name]) => !['file', 'sick', 'incurable'].includes(name ?? ''));
  return { file, lines: Object.fromEntries(lines.map(([name = '', count]) => [name, Number(count)])) };
}

/** Locks, claims and processes of a run that has ended: none, when all is well. Processes have a moment to end. */
export async function leftOn(host: FleetHost): Promise<readonly string[]> {
  const until = performance.now() + PROCESSES_END_WITHIN_MS;
  for (;;) {
    const left = (await onHost(host, `${LEDGER}\n${LEFT}`)).split('\n').filter((line) => line !== '');
    if (left.length === 0 || performance.now() > until) return left;
    await pause(100);
  }
}

/** Until nothing of a controller that was killed goes on there. */
export async function quiet(host: FleetHost): Promise<void> {
  const until = performance.now() + PROCESSES_END_WITHIN_MS;
  while (performance.now() < until && (await onHost(host, LEFT)) !== '') await pause(50);
}
