import type { Trouble } from '../app/trouble.ts';
import type { ErrorInfo } from '../model/error.ts';
import { printable } from '../util/printable.ts';
import { exitCodeOfTrouble } from '../app/exit-codes.ts';
import { diagnosticAsJson, renderDiagnostics } from './print-diagnostics.ts';
import type { TerminalStream, Terminal } from './terminal.ts';

/** Tells why the command does not do its work, and gives the exit code for it. With `json`, one JSON object a line. */
export function printTrouble(trouble: Trouble, { err }: Terminal, json: boolean): number {
  const lines = [...trouble.diagnostics.map(diagnosticAsJson), ...trouble.errors.map(errorAsJson)];
  if (json) err.print(lines.map((line) => `${line}\n`).join(''));
  else {
    const files = renderDiagnostics(trouble.diagnostics, trouble.sources, { style: err.style, columns: err.columns() });
    err.print([files, ...trouble.errors.map((error) => renderError(error, err))].filter(Boolean).join('\n'));
  }
  return exitCodeOfTrouble(trouble);
}

function renderError({ message, hint }: ErrorInfo, { style }: Pick<TerminalStream, 'style'>): string {
  const lines = [`${style('bad', 'error:')} ${hanging(message, 'error: ')}`];
  if (hint !== undefined) lines.push(`${style('accent', 'hint:')}  ${hanging(hint, 'error: ')}`);
  return `${lines.join('\n')}\n`;
}

const hanging = (text: string, label: string): string =>
  printable(text).replaceAll('\n', `\n${' '.repeat(label.length)}`);

const errorAsJson = ({ code, message, hint }: ErrorInfo): string =>
  JSON.stringify({ severity: 'error', code, message, hint });
