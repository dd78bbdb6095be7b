import { stateDirectory, surroundings } from '../../app/surroundings.ts';
import { because } from '../../app/trouble.ts';
import type { Flaw } from '../../model/store.ts';
import { checkSqliteStore, type StoreCheck } from '../../stores/sqlite-check.ts';
import { count } from '../../util/count.ts';
import { printable } from '../../util/printable.ts';
import { printTrouble } from '../print-trouble.ts';
import { FAILED } from '../../app/exit-codes.ts';
import type { JsonOption } from '../options.ts';
import type { Terminal } from '../terminal.ts';

/** `runbook fsck`: is the record of past runs what was written? Changes nothing. */
export function fsck({ json }: JsonOption, terminal: Terminal): number {
  const checked = checkSqliteStore(stateDirectory(surroundings(terminal.environment, terminal.directory)));
  if (!checked.ok) return printTrouble(because(checked.error), terminal, json === true);
  if (checked.value === undefined) {
    terminal.err.print('There is no store yet.\n');
    return 0;
  }
  if (json === true) printJson(checked.value, terminal);
  else print(checked.value, terminal);
  return checked.value.flaws.length === 0 ? 0 : FAILED;
}

function printJson({ flaws }: StoreCheck, { out }: Terminal): void {
  out.print(flaws.map((flaw) => `${JSON.stringify(flaw)}\n`).join(''));
}

function print({ file, runs, flaws }: StoreCheck, { out }: Terminal): void {
  if (flaws.length === 0) {
    out.print(`${file}: ${count(runs, 'run')}, all as they were written\n`);
    return;
  }
  out.print(flaws.map((flaw) => `${printable(`${whereOf(flaw)}${flaw.message}`)}\n`).join(''));
  const broken = new Set(flaws.flatMap(({ runId }) => (runId === undefined ? [] : [runId])));
  const of = broken.size === 0 ? '' : `, of ${broken.size} of ${count(runs, 'run')}`;
  out.print(`\n${out.style('bad', `${file} is not as it was written: ${count(flaws.length, 'flaw')}${of}.`)}\n`);
  out.print(advice(broken.size < flaws.length));
}

const whereOf = ({ runId, seq }: Flaw): string =>
  [runId, seq === undefined ? undefined : `event ${seq}`].filter((part) => part !== undefined).join(', ') +
  (runId === undefined ? '' : ': ');

function advice(isFile: boolean): string {
  const runs = `Do not rely on what these runs say; resume, rollback and run --plan refuse them. How hosts are: runbook plan\n`;
  const file = `Keep a copy of the file, then bring it back from an older one, or move it away and begin anew. Look at the disk.\n`;
  return isFile ? `${file}${runs}` : runs;
}
