import type { UndoSummary } from '../app/undo-summary.ts';
import { printableLine } from '../util/printable.ts';
import type { TerminalStream } from './terminal.ts';

/** What a rollback would undo, a host after another. */
export function undoText(hosts: readonly UndoSummary[], { style }: Pick<TerminalStream, 'style'>): string {
  const lines = hosts.flatMap(({ host, note, steps }) => [
    style('strong', host),
    ...(note === '' ? [] : [`  ${style('warn', printableLine(note))}`]),
    ...steps.map(({ name, ended, undo }) => {
      const told = ended === '' ? '' : ` (${ended})`;
      return `  ${printableLine(name)}${told}\n    undo: ${printableLine(undo)}`;
    }),
  ]);
  return `${lines.join('\n')}\n`;
}
