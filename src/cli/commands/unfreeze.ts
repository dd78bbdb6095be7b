import { findFreeze, freezeFiles, freezeText } from '../../app/freeze.ts';
import { removeFreezes } from '../../app/freeze-write.ts';
import { surroundings } from '../../app/surroundings.ts';
import { because } from '../../app/trouble.ts';
import { printTrouble } from '../print-trouble.ts';
import type { Terminal } from '../terminal.ts';

/** `runbook unfreeze`: of one's own, and as root of the whole machine. */
export async function unfreeze(terminal: Terminal): Promise<number> {
  const files = freezeFiles(surroundings(terminal.environment, terminal.directory));
  const removed = await removeFreezes(files.toReversed());
  if (!removed.ok) return printTrouble(because(removed.error), terminal, false);
  for (const freeze of removed.value) terminal.out.print(`No longer ${freezeText(freeze)}\n`);
  if (removed.value.length === 0) terminal.out.print('This machine is not frozen.\n');
  const left = await findFreeze(files, Date.now());
  return left === undefined ? 0 : printTrouble(because(stillFrozen(freezeText(left))), terminal, false);
}

const stillFrozen = (text: string) =>
  ({ code: 'refused', message: `still ${text}`, hint: 'somebody froze it again just now' }) as const;
