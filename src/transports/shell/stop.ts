import { openShell, type OpenShell, type ShellUser } from './open.ts';
import type { Reach } from './reach.ts';
import type { CommandLine, StepProcess } from './command.ts';
import { printableLine } from '../../util/printable.ts';
import { within } from './within.ts';

const OPEN_MS = 10_000;
/** TERM has 5 s on the host and KILL another 5. */
const STOP_MS = 15_000;

/** What is left of a step that was ended, in words; undefined: the host proved that nothing is. */
export type Left = string | undefined;

/** Ends a step from a second channel, with all that it started and that can be found; `ended`: it had ended by itself. */
export async function stopProcess(
  reach: Reach,
  user: ShellUser,
  { greeting }: OpenShell,
  step: StepProcess,
): Promise<{ readonly left: Left } | 'ended'> {
  const said = await ask(reach, user, ({ nonce }) =>
    ['rb_kill', nonce, step.pid, step.shell, greeting.shellPid, step.mark].join(' '),
  );
  if (said === undefined) return { left: 'the host could not be asked' };
  return said.trim() === 'ended' ? 'ended' : { left: leftOf(said.trim()) };
}

/** Of what `rb_stop` printed. */
export function leftOf(said: string): Left {
  if (said === 'gone') return undefined;
  const [, what = ''] = /^left (.+)/.exec(said) ?? [];
  return what === '' ? 'the host did not say' : printableLine(what);
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
