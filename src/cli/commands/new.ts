import { findRunbooks } from '../../app/find-runbook.ts';
import { newRunbook } from '../../app/new-runbook.ts';
import { because } from '../../app/trouble.ts';
import { siteOf } from '../open-site.ts';
import type { NewOptions } from '../options.ts';
import { printTrouble } from '../print-trouble.ts';
import type { Terminal } from '../terminal.ts';

/** `runbook new`: a runbook to begin from, and what to do with it next. */
export function newCommand(name: string, { service }: NewOptions, terminal: Terminal): Promise<number> {
  const site = siteOf(terminal, {});
  if (!site.ok) return Promise.resolve(site.error);
  const here = site.value;
  const shadowed = findRunbooks(here).find((runbook) => runbook.name === name && runbook.shadowedBy === undefined);
  const written = newRunbook(name, service, here);
  if (!written.ok) return Promise.resolve(printTrouble(because(written.error), terminal, false));
  const { out, err } = terminal;
  if (shadowed !== undefined) err.print(`${name} takes the place of ${shadowed.path}, which has the same name\n`);
  const next = [
    [`runbook lint ${name}`, 'check it, after each change'],
    [`runbook record ${name} --on HOST`, 'break a test host, repair it, keep what it said'],
    [`runbook plan ${name} --limit HOST`, 'see what it would do to a real one'],
  ] as const;
  const width = Math.max(...next.map(([command]) => command.length));
  out.print(`${written.value.map((path) => `wrote ${path}\n`).join('')}
Next:
${next.map(([command, what]) => `  ${command.padEnd(width)}  ${what}\n`).join('')}
HOST is a name in the inventory. One that record may break says runbook_disposable: true there.
`);
  return Promise.resolve(0);
}
