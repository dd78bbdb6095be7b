import { findFreeze, freezeFiles, freezeText } from '../../app/freeze.ts';
import { writeFreeze } from '../../app/freeze-write.ts';
import { startedBy } from '../../app/started-by.ts';
import { surroundings } from '../../app/surroundings.ts';
import { because } from '../../app/trouble.ts';
import { printable } from '../../util/printable.ts';
import { ok } from '../../util/result.ts';
import type { FreezeOptions } from '../options.ts';
import { printTrouble } from '../print-trouble.ts';
import type { Terminal } from '../terminal.ts';
import { untilTime } from '../until-time.ts';

/** `runbook freeze REASON`. */
export async function freeze(reason: string, options: FreezeOptions, terminal: Terminal): Promise<number> {
  const here = surroundings(terminal.environment, terminal.directory);
  const now = Date.now();
  if (reason.trim() === '')
    return wrong('the reason is empty', 'say why, for those who are refused: runbook freeze "moving racks"', terminal);
  const until = options.until === undefined ? ok(undefined) : untilTime(options.until, now);
  if (!until.ok) return printTrouble(because(until.error), terminal, false);

  const [machineFile, ownFile] = freezeFiles(here);
  const machine = process.getuid?.() === 0;
  const file = machine ? machineFile : ownFile;
  const before = await findFreeze([file], now);
  const { user, machine: name } = startedBy(here, reason, 'person');
  const written = {
    reason: reason.trim(),
    by: `${user}@${name}`,
    since: new Date(now).toISOString(),
    ...(until.value !== undefined && { until: new Date(until.value).toISOString() }),
  };
  const done = await writeFreeze({ file, machine }, written);
  if (!done.ok) return printTrouble(because(done.error), terminal, false);
  if (before !== undefined) terminal.err.print(`It was ${freezeText(before)}\n`);
  const whose = machine ? 'this machine' : 'your own runs on this machine';
  terminal.out.print(
    `Frozen: no change is begun by ${whose} until runbook unfreeze${untilText(written)} (${printable(file)})\n`,
  );
  return 0;
}

const untilText = ({ until }: { readonly until?: string }): string => (until === undefined ? '' : `, or ${until}`);

const wrong = (message: string, hint: string, terminal: Terminal): number =>
  printTrouble(because({ code: 'usage', message, hint }), terminal, false);
