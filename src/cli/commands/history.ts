import { runState } from '../../app/run-state.ts';
import { stateDirectory, surroundings } from '../../app/surroundings.ts';
import { because } from '../../app/trouble.ts';
import type { RunRecord } from '../../model/store.ts';
import { openSqliteStore } from '../../stores/sqlite.ts';
import { cutToWidth, printableLine } from '../../util/printable.ts';
import { unreachable } from '../../util/unreachable.ts';
import { localTime } from '../local-time.ts';
import type { HistoryOptions } from '../options.ts';
import { printTrouble } from '../print-trouble.ts';
import { renderTable } from '../table.ts';
import type { Terminal } from '../terminal.ts';

/** The command of an exec may be of any length. */
const MOST_COLUMNS = 60;

/** `runbook history`: past runs, the newest first. */
export async function history({ json, ...query }: HistoryOptions, terminal: Terminal): Promise<number> {
  const { out, err } = terminal;
  const store = openSqliteStore(stateDirectory(surroundings(terminal.environment, terminal.directory)));
  if (!store.ok) return printTrouble(because(store.error), terminal, json === true);
  const runs = store.value.runs(query);
  await store.value.close();
  if (json === true) out.print(runs.map((run) => `${JSON.stringify({ ...run, state: runState(run) })}\n`).join(''));
  else if (runs.length === 0) err.print('There is no such run yet.\n');
  else out.print(renderTable(['RUN', 'STARTED', 'WHAT', 'RUNBOOK', 'BY', 'END', 'HOSTS'], runs.map(row), out));
  return 0;
}

function row(run: RunRecord): readonly string[] {
  const counts = Object.entries(run.counts).map(([outcome, number]) => `${number} ${outcome}`);
  const hosts = counts.length === 0 ? `${run.hosts} selected` : counts.join(', ');
  return [
    run.runId,
    localTime(run.startedAt),
    whatOf(run),
    cutToWidth(printableLine(run.runbook), MOST_COLUMNS),
    run.startedBy,
    endOf(run),
    run.reason === '' ? hosts : `${hosts} (${run.reason})`,
  ];
}

function whatOf({ mode, isShadow, carriedOutBy }: RunRecord): string {
  const what = isShadow === true ? 'shadow' : mode;
  return carriedOutBy === undefined ? what : `${what}, carried out`;
}

/** The exit code of a run that has ended, as far as it has. */
function endOf(run: RunRecord): string {
  const state = runState(run);
  switch (state) {
    case 'finished':
      return String(run.exitCode);
    case 'running':
      return 'running';
    case 'interrupted':
      return run.exitCode === undefined ? 'interrupted' : `interrupted, ${run.exitCode}`;
    case 'died':
      return 'died';
    case 'elsewhere':
      return run.process === undefined ? 'open' : `open on ${run.process.machine}`;
    default:
      return unreachable(state);
  }
}
