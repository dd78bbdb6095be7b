import { openShell, type OpenShell, type ShellUser } from './open.ts';
import type { Reach } from './reach.ts';
import type { CommandLine, StepProcess } from './session.ts';
import { within } from './within.ts';

const OPEN_MS = 10_000;
/** TERM has 5 s on the host and KILL another 5. */
const STOP_MS = 15_000;

/** Ends a step and all of its session from a second channel. True only when the host proved that nothing of it is left. */
export async function stopProcess(
  reach: Reach,
  user: ShellUser,
  { greeting }: OpenShell,
  step: StepProcess,
): Promise<boolean> {
  const said = await ask(reach, user, ({ nonce }) => `rb_kill ${nonce} ${step.pid} ${step.shell} ${greeting.shellPid}`);
  return said?.trim() === 'gone';
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
