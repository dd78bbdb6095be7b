import { whatIsUndone } from '../../app/undo-summary.ts';
import { because } from '../../app/trouble.ts';
import type { ErrorInfo } from '../../model/error.ts';
import { count } from '../../util/count.ts';
import { askApproval } from '../approval-question.ts';
import { goOnWith } from '../go-on-with.ts';
import type { RollbackOptions } from '../options.ts';
import { printTrouble } from '../print-trouble.ts';
import type { Terminal } from '../terminal.ts';
import { undoText } from '../undo-text.ts';

/** `runbook rollback RUN`. */
export async function rollback(run: string, options: RollbackOptions, terminal: Terminal): Promise<number> {
  const { yes = false, json = false, limit } = options;
  if (!yes && !terminal.isInteractive) return printTrouble(because(NOBODY_TO_ASK), terminal, json);
  const { err } = terminal;
  const approve: Parameters<typeof goOnWith>[0]['approve'] = async (work, { runbook }) => {
    if (!json) err.print(undoText(whatIsUndone(work, runbook), err));
    if (yes) return true;
    const answer = await askApproval({
      text: err.style('strong', `Undo this on ${count(work.hosts.length, 'host')}?`),
      several: false,
      print: err.print,
      input: process.stdin,
      signal: new AbortController().signal,
    });
    return answer === 'yes';
  };
  return goOnWith({ run, how: 'rollback', ...(limit !== undefined && { limit }), approve }, options, terminal);
}

const NOBODY_TO_ASK: ErrorInfo = {
  code: 'refused',
  message: 'a rollback must be approved, and nobody can be asked: there is no terminal',
  hint: 'add --yes to approve it',
};
