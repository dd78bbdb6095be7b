import { setTimeout as pause } from 'node:timers/promises';
import { openShell, within, type OpenShell, type ShellUser } from './open.ts';
import type { Reach } from './reach.ts';
import type { CommandLine, StepProcess } from './session.ts';

const OPEN_MS = 10_000;
/** TERM has 5 s on the host and KILL another 5. */
const STOP_MS = 15_000;
const SURE_MS = 250;

/** Ends a step and all of its session from a second channel. True only when the host proved that nothing of it is left. */
export async function stopProcess(
  reach: Reach,
  user: ShellUser,
  { greeting }: OpenShell,
  step: StepProcess,
): Promise<boolean> {
  const said = await ask(reach, user, (nonce) => `rb_kill ${nonce} ${step.pid} ${step.parent} ${greeting.shellPid}`);
  return said?.trim() === 'gone';
}

/**
 * Lets the shell go on when something a read started holds its output: the forwarders are ended, the processes that drain are not.
 * They are looked for first and ended only when the shell still waits, lest those of the next step are met.
 */
export async function unblock(reach: Reach, user: ShellUser, { session, greeting }: OpenShell): Promise<void> {
  const listed = await ask(reach, user, (nonce) => `rb_unblock ${nonce} ${greeting.shellPid}`);
  const pids = listed?.split('\n').filter((pid) => /^\d+$/.test(pid)) ?? [];
  await pause(SURE_MS, undefined, { ref: false });
  if (pids.length > 0 && session.blocked)
    await ask(reach, user, (nonce) => `rb_unblock ${nonce} ${greeting.shellPid} ${pids.join(' ')}`);
}

/** Asks one thing of a shell of its own. */
async function ask(reach: Reach, user: ShellUser, line: CommandLine): Promise<string | undefined> {
  const shell = await openShell(reach, user, OPEN_MS, new AbortController().signal);
  if (!shell.ok) return undefined;
  const report = await within(shell.value.session.send(line).report, AbortSignal.timeout(STOP_MS));
  shell.value.session.end();
  shell.value.session.destroy();
  return report?.status === undefined ? undefined : report.stdout.text;
}
