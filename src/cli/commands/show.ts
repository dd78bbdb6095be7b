import { LAST } from '../../app/find-run.ts';
import type { ShowOptions } from '../options.ts';
import type { Terminal } from '../terminal.ts';

/** `runbook show`: a runbook, or a past run. Ids of runs begin with a digit, names of runbooks never do. */
export async function show(what: string, options: ShowOptions, terminal: Terminal): Promise<number> {
  if (what === LAST || /^\d[0-9a-z]*$/i.test(what)) {
    return (await import('./show-run.ts')).showRun(what, options, terminal);
  }
  return (await import('./show-runbook.ts')).showRunbook(what, options, terminal);
}
