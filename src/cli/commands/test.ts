import type { CaseEnd } from '../../app/cases/case-end.ts';
import { openEvidence, recordCommand } from '../../app/cases/open-cases.ts';
import { playCase } from '../../app/cases/play-case.ts';
import { realCases } from '../../app/cases/real-cases.ts';
import { pageOf } from '../../app/views.ts';
import type { Case } from '../../model/case.ts';
import { caseAsJson, renderCase, renderTotal, toCorrect } from '../case-text.ts';
import { chooseCases, type ChosenCases } from '../chosen-cases.ts';
import { onRealHosts } from '../on-real-hosts.ts';
import { siteOf } from '../open-site.ts';
import type { TestOptions } from '../options.ts';
import { printTrouble } from '../print-trouble.ts';
import type { Terminal } from '../terminal.ts';

const FAILED_CASE = 2;

/** `runbook test`. */
export async function test(names: readonly string[], options: TestOptions, terminal: Terminal): Promise<number> {
  const site = siteOf(terminal, options);
  if (!site.ok) return site.error;
  const here = site.value;
  const json = options.json === true;
  const chosen = chooseCases(names, options.case, here);
  if (!chosen.ok) return printTrouble(chosen.error, terminal, json);
  const ends: CaseEnd[] = [];
  const tell = (each: ChosenCases, end: CaseEnd): void => {
    ends.push(end);
    const todo = whatToDo(each, end);
    const line = json
      ? `${caseAsJson(each.of.runbook.name, end)}\n`
      : renderCase(each.of.runbook.name, end, todo, pageOf(terminal.out));
    terminal.out.print(line);
  };
  const { on } = options;
  if (on === undefined) {
    for (const each of chosen.value) {
      for (const one of each.cases) {
        const played = await play(each, one);
        if ('trouble' in played) return printTrouble(played.trouble, terminal, json);
        tell(each, played.end);
      }
    }
  } else {
    const code = await onRealHosts({ ...options, on }, here, terminal, async (work) => {
      for (const each of chosen.value) {
        await realCases(each.of, each.cases, { ...work, ended: (end) => tell(each, end) });
      }
      return 0;
    });
    if (code !== 0) return code;
  }
  if (!json) terminal.out.print(renderTotal(ends));
  const tried = ends.filter(({ state }) => state !== 'no-evidence');
  return tried.length > 0 && tried.every(({ state }) => state === 'holds') ? 0 : FAILED_CASE;
}

async function play({ of }: ChosenCases, one: Case) {
  const evidence = openEvidence(of, one);
  if (!evidence.ok) return { trouble: evidence.error };
  if (evidence.value !== undefined) return { end: await playCase(of.runbook, one, evidence.value) };
  const end: CaseEnd = { case: one, state: 'no-evidence', problems: [], notes: [], durationMs: 0 };
  return { end };
}

function whatToDo({ of }: ChosenCases, { case: one, host, state }: CaseEnd): string {
  const record = recordCommand(of, one);
  if (state === 'no-evidence') return record;
  if (host !== undefined) return toCorrect(one);
  const { file, start } = one.at;
  return `correct the runbook, or the case in ${file}:${start.line}; if hosts say something else now: ${record}`;
}
