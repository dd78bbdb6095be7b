import type { Opened } from '../app/open-files.ts';
import { renderDiagnostics } from './print-diagnostics.ts';
import type { Terminal } from './terminal.ts';

/** What is only worth a warning about files that were read. */
export function printWarnings({ warnings, sources }: Opened<unknown>, { err }: Terminal): void {
  if (warnings.length === 0) return;
  err.print(`${renderDiagnostics(warnings, sources, { style: err.style, columns: err.columns() })}\n`);
}
