import { whatIsUndone } from '../../app/undo-summary.ts';
import type { ErrorInfo } from '../../model/error.ts';
import { count } from '../../util/count.ts';
import { askApproval } from '../approval-question.ts';
import { goOnWith, type GoOn } from '../go-on-with.ts';
import type { RollbackOptions } from '../options.ts';
import type { Terminal } from '../terminal.ts';
import { undoText } from '../undo-text.ts';

/** `runbook rollback RUN`. */
export function rollback(run: string, options: RollbackOptions, terminal: Terminal): Promise<number> {
  const { yes = false, json = false, limit } = options;
  const { err } = terminal;
  const whyNot: GoOn['whyNot'] = async (work, prepared, { runId, store }) => {
    const hosts = whatIsUndone(runId, work, prepared, store);
    if (!json) err.print(undoText(hosts, err));
    if (yes) return undefined;
    if (!terminal.isInteractive) return NOBODY_TO_ASK;
    const answer = await askApproval({
      text: err.style('strong', `Undo this on ${count(hosts.filter(({ steps }) => steps.length > 0).length, 'host')}?`),
      several: false,
      print: err.print,
      input: process.stdin,
      signal: new AbortController().signal,
    });
    return answer === 'yes' ? undefined : DECLINED;
  };
  return goOnWith({ run, how: 'rollback', ...(limit !== undefined && { limit }), whyNot }, options, terminal);
}

const DECLINED: ErrorInfo = { code: 'refused', message: 'it was not approved: nothing was contacted' };

const NOBODY_TO_ASK: ErrorInfo = {
  code: 'refused',
  message: 'a rollback must be approved, and nobody can be asked: there is no terminal',
  hint: 'add --yes to approve it',
};
