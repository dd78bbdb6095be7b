import type { Case } from '../../model/case.ts';
import type { CaseEnd } from './case-end.ts';
import { dealCases } from './deal-cases.ts';
import type { ShellPlace } from './fault-shell.ts';
import type { RunbookCases } from './open-cases.ts';
import { prepareCase, redactorOf } from './prepare-case.ts';
import { realCase, setUp, type RealCase } from './real-case.ts';

/** What all real cases of one command have in common. */
export interface RealWork extends Pick<RealCase, 'stop' | 'kill'> {
  readonly hosts: readonly string[];
  readonly place: Omit<ShellPlace, 'host'>;
  /** Told of a host that could not be set up: the others have its cases. */
  readonly unusable: (host: string, why: string) => void;
  /** Told as each ends. */
  readonly ended: (end: CaseEnd) => void;
}

/** Runs cases of a runbook on real hosts, on all of them at once and one at a time on each. */
export async function realCases(
  { runbook, faults }: RunbookCases,
  cases: readonly Case[],
  { hosts, place, stop, kill, unusable, ended }: RealWork,
  run: (one: Case, place: ShellPlace) => Promise<CaseEnd> = (one, where) =>
    realCase({ runbook, one, place: where, stop, kill }),
): Promise<readonly CaseEnd[]> {
  const tell = (end: CaseEnd): CaseEnd => {
    ended(end);
    return end;
  };
  return dealCases(
    cases,
    hosts,
    {
      begin: async (host) => {
        const where = { ...place, host };
        const problem = await setUp(faults, where, kill);
        if (problem === undefined) return undefined;
        const prepared = await Promise.all(cases.map((one) => prepareCase({ runbook, one, place: where })));
        const why = redactorOf(prepared.flatMap((made) => (made.ok ? [made.value] : []))).text(problem);
        unusable(host, why);
        return why;
      },
      run: async (one, host) => tell(await run(one, { ...place, host })),
      unusable: (one, host, why) =>
        tell({ case: one, host, state: 'fails', problems: [why], notes: [], durationMs: 0 }),
    },
    stop,
  );
}
