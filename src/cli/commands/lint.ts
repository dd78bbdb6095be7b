import { hasCases, openCases } from '../../app/cases/open-cases.ts';
import { findRunbook, findRunbooks } from '../../app/find-runbook.ts';
import { checkFile } from '../../app/open-files.ts';
import { type Site } from '../../app/surroundings.ts';
import { because, inFiles, together, type Trouble } from '../../app/trouble.ts';
import { diagnosticAsJson, renderDiagnostics } from '../print-diagnostics.ts';
import { exitCodeOfTrouble } from '../../app/exit-codes.ts';
import { count } from '../../util/count.ts';
import { printTrouble } from '../print-trouble.ts';
import { siteOf } from '../open-site.ts';
import type { JsonOption } from '../options.ts';
import type { Terminal } from '../terminal.ts';

/** `runbook lint`: all that is wrong with runbooks, their faults and cases, and fragments, without contacting anything. */
export function lint(given: readonly string[], options: JsonOption, terminal: Terminal): Promise<number> {
  const site = siteOf(terminal, options);
  if (!site.ok) return Promise.resolve(site.error);
  const here = site.value;
  const paths = pathsOf(given, here);
  if ('errors' in paths) return Promise.resolve(printTrouble(paths, terminal, options.json === true));
  const found = together(...paths.map(check));
  const { out } = terminal;
  if (options.json === true) out.print(found.diagnostics.map((each) => `${diagnosticAsJson(each)}\n`).join(''));
  else {
    out.print(renderDiagnostics(found.diagnostics, found.sources, { style: out.style, columns: out.columns() }));
    if (found.diagnostics.length > 0) out.print('\n');
    out.print(`${summary(paths.length, found)}\n`);
  }
  return Promise.resolve(found.diagnostics.some(({ severity }) => severity === 'error') ? exitCodeOfTrouble(found) : 0);
}

function pathsOf(given: readonly string[], here: Site): readonly string[] | Trouble {
  if (given.length === 0) {
    const all = findRunbooks(here).filter(({ shadowedBy }) => shadowedBy === undefined);
    if (all.length > 0) return all.map(({ path }) => path);
    return because({ code: 'usage', message: 'there are no runbooks to check', hint: 'name some: runbook lint FILE' });
  }
  const paths: string[] = [];
  const unknown: Trouble[] = [];
  for (const name of new Set(given)) {
    const path = findRunbook(name, here);
    if (path.ok) paths.push(path.value);
    else unknown.push(because(path.error));
  }
  return unknown.length > 0 ? together(...unknown) : paths;
}

function check(path: string): Trouble {
  const opened = hasCases(path) ? openCases(path) : checkFile(path);
  return opened.ok ? inFiles(opened.value.warnings, opened.value.sources) : opened.error;
}

function summary(files: number, { diagnostics }: Trouble): string {
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  const counts = [count(errors, 'error'), count(diagnostics.length - errors, 'warning')];
  return `${count(files, 'file')}, ${counts.join(', ')}`;
}
