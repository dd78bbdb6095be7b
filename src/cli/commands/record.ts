import type { CaseEnd } from '../../app/cases/case-end.ts';
import { realCases } from '../../app/cases/real-cases.ts';
import { recordCase } from '../../app/cases/record-case.ts';
import { pageOf } from '../../app/views.ts';
import { caseAsJson, renderCase, renderTotal, toCorrect } from '../case-text.ts';
import { chooseCases } from '../chosen-cases.ts';
import { onRealHosts } from '../on-real-hosts.ts';
import { siteOf } from '../open-site.ts';
import type { RecordOptions } from '../options.ts';
import { printTrouble } from '../print-trouble.ts';
import type { Terminal } from '../terminal.ts';

const FAILED_CASE = 2;

/** `runbook record`. */
export async function record(
  runbook: string,
  name: string | undefined,
  options: RecordOptions,
  terminal: Terminal,
): Promise<number> {
  const site = siteOf(terminal, options);
  if (!site.ok) return site.error;
  const here = site.value;
  const json = options.json === true;
  const chosen = chooseCases([runbook], name, here);
  if (!chosen.ok) return printTrouble(chosen.error, terminal, json);
  const [each] = chosen.value;
  if (each === undefined) throw new Error('one runbook was named');
  const { of, cases } = each;
  return onRealHosts(options, here, terminal, async (work) => {
    const ends: CaseEnd[] = [];
    const files = new Map<CaseEnd, string>();
    const ended = (end: CaseEnd): void => {
      ends.push(end);
      const todo = `${toCorrect(end.case)}; nothing was kept`;
      if (json) terminal.out.print(`${caseAsJson(of.runbook.name, end)}\n`);
      else terminal.out.print(renderCase(of.runbook.name, end, todo, pageOf(terminal.out)));
      const kept = files.get(end);
      if (kept !== undefined && !json) terminal.out.print(`        kept in ${kept}; read it before you commit it\n`);
    };
    await realCases(of, cases, { ...work, ended }, async (one, place) => {
      const { end, file } = await recordCase(of, one, { ...work, place });
      if (file !== undefined) files.set(end, file);
      return end;
    });
    if (!json) terminal.out.print(renderTotal(ends));
    return ends.length === cases.length && ends.every(({ state }) => state === 'holds') ? 0 : FAILED_CASE;
  });
}
