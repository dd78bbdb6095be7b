import type { Trouble } from '../app/trouble.ts';
import type { ErrorCode, ErrorInfo } from '../model/error.ts';
import { printable } from '../util/printable.ts';
import { unreachable } from '../util/unreachable.ts';
import { diagnosticAsJson, renderDiagnostics } from './print-diagnostics.ts';
import type { Door, Terminal } from './terminal.ts';

export const USAGE = 64;
const BAD_FILE = 65;

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

export function renderError({ message, hint }: ErrorInfo, { style }: Pick<Door, 'style'>): string {
  const lines = [`${style('bad', 'error:')} ${hanging(message, 'error: ')}`];
  if (hint !== undefined) lines.push(`${style('accent', 'hint:')}  ${hanging(hint, 'error: ')}`);
  return `${lines.join('\n')}\n`;
}

const hanging = (text: string, label: string): string =>
  printable(text).replaceAll('\n', `\n${' '.repeat(label.length)}`);

const errorAsJson = ({ code, message, hint }: ErrorInfo): string =>
  JSON.stringify({ severity: 'error', code, message, hint });

/** A wrong file comes before a wrong command line: it must be corrected in any case. */
export function exitCodeOfTrouble({ diagnostics, errors }: Trouble): number {
  if (diagnostics.some(({ severity }) => severity === 'error')) return BAD_FILE;
  const [first] = errors;
  return first === undefined ? 1 : exitCodeOfError(first.code);
}

/** The one map from errors to exit codes. Errors of hosts are outcomes, which have codes of their own. */
export function exitCodeOfError(code: ErrorCode): number {
  switch (code) {
    case 'usage':
      return USAGE;
    case 'bad-file':
      return BAD_FILE;
    case 'configuration':
      return 78;
    case 'refused':
      return 16;
    case 'interrupted':
      return 130;
    case 'store':
    case 'internal':
    case 'address-unknown':
    case 'connection-refused':
    case 'connection-timeout':
    case 'connection-lost':
    case 'protocol':
    case 'host-key-unknown':
    case 'host-key-changed':
    case 'host-key-revoked':
    case 'host-key-unverifiable':
    case 'authentication':
    case 'key-unusable':
    case 'shell-unusable':
    case 'become':
    case 'run-user-login':
    case 'lock-held':
    case 'ledger-unsafe':
    case 'same-machine':
    case 'channel-refused':
      return 1;
    default:
      return unreachable(code);
  }
}
