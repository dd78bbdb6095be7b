import { ACTIONS } from '../../app/actions.ts';
import { because } from '../../app/trouble.ts';
import { suggest } from '../../util/suggest.ts';
import { renderAction } from '../action-text.ts';
import { printTrouble } from '../print-trouble.ts';
import { renderTable } from '../table.ts';
import type { JsonOption } from '../options.ts';
import type { Terminal } from '../terminal.ts';

/** `runbook actions`: what a step can do. */
export function actions(name: string | undefined, options: JsonOption, terminal: Terminal): Promise<number> {
  const { out } = terminal;
  const chosen = name === undefined ? [...ACTIONS.values()] : [ACTIONS.get(name)].filter((each) => each !== undefined);
  if (name !== undefined && chosen.length === 0) {
    const nearest = suggest(name, ACTIONS.keys());
    const hint = nearest === undefined ? 'see runbook actions' : `did you mean ${nearest}?`;
    const message = `there is no action ${JSON.stringify(name)}`;
    return Promise.resolve(printTrouble(because({ code: 'usage', message, hint }), terminal, options.json === true));
  }
  if (options.json === true) {
    for (const action of chosen) out.print(`${JSON.stringify({ ...action, work: undefined })}\n`);
  } else if (name === undefined) {
    const rows = chosen.map((action) => [
      action.name,
      action.effect,
      action.risk === 'none' ? '' : action.risk,
      action.summary,
    ]);
    out.print(renderTable(['NAME', 'EFFECT', 'RISK', 'WHAT IT DOES'], rows, out));
  } else {
    for (const action of chosen) out.print(renderAction(action, out));
  }
  return Promise.resolve(0);
}
