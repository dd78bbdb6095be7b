import { checkConfiguration } from '../../app/check-configuration.ts';
import { configurationFiles, openSite } from '../../app/configuration.ts';
import { surroundings } from '../../app/surroundings.ts';
import { inConfiguration, together, type Trouble } from '../../app/trouble.ts';
import { isThere } from '../../load/secrets-private-file.ts';
import { count } from '../../util/count.ts';
import { exitCodeOfTrouble } from '../../app/exit-codes.ts';
import type { JsonOption } from '../options.ts';
import { diagnosticAsJson, renderDiagnostics } from '../print-diagnostics.ts';
import { printTrouble } from '../print-trouble.ts';
import type { Terminal } from '../terminal.ts';

/** `runbook config check`. What is wrong is the result: it goes where the result goes, as with `lint`. */
export async function check({ json = false }: JsonOption, terminal: Terminal): Promise<number> {
  const here = surroundings(terminal.environment, terminal.directory);
  const site = openSite(here, { unattended: false });
  const found = site.ok
    ? allOf(site.value.warnings, site.value.sources, await checkConfiguration(site.value.value))
    : site.error;
  const { out } = terminal;
  if (json) out.print(found.diagnostics.map((each) => `${diagnosticAsJson(each)}\n`).join(''));
  else {
    out.print(renderDiagnostics(found.diagnostics, found.sources, { style: out.style, columns: out.columns() }));
    if (found.diagnostics.length > 0) out.print('\n');
    const files = configurationFiles(here).filter(({ file }) => isThere(file)).length;
    out.print(`${count(files, 'file')}, ${summary(found)}\n`);
  }
  if (found.errors.length > 0) return printTrouble({ ...found, diagnostics: [] }, terminal, json);
  return found.diagnostics.some(({ severity }) => severity === 'error') ? exitCodeOfTrouble(found) : 0;
}

const allOf = (warnings: Trouble['diagnostics'], sources: Trouble['sources'], trouble: Trouble): Trouble => ({
  ...together(inConfiguration(warnings, sources), trouble),
  isConfiguration: true,
});

function summary({ diagnostics, errors }: Trouble): string {
  const wrong = diagnostics.filter(({ severity }) => severity === 'error').length + errors.length;
  return `${count(wrong, 'error')}, ${count(diagnostics.length - wrong + errors.length, 'warning')}`;
}
