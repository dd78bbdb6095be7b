import type { Condition, FindingValue, Scope } from '../../model/expression.ts';
import type { StepResult } from '../../model/result.ts';
import type { Applies, Diagnosis } from '../../model/survey.ts';
import { evaluateFindings, type EvaluatedFindings } from './findings.ts';
import { sinceFix, type HostRun } from '../host-run.ts';
import { readSteps } from '../steps/read-steps.ts';

export type Moment = 'survey' | 'retest' | 'proof';

/** One reading of diagnose, or why there is none. */
export type DiagnosisRead =
  | {
      readonly kind: 'read';
      readonly diagnosis: Diagnosis;
      readonly steps: ReadonlyMap<string, StepResult>;
      readonly findings: ReadonlyMap<string, FindingValue>;
    }
  /** The connection broke, or that to a delegate: `howItBroke` has the words. */
  | { readonly kind: 'lost' }
  | { readonly kind: 'interrupted' };

const PHASE_OF = { survey: 'diagnose', retest: 'retest', proof: 'proof' } as const;

const NOTHING_FOUND: EvaluatedFindings = { values: new Map(), reports: [] };

/** Reads the diagnose steps and evaluates all findings anew. Changes nothing, not even what is known of the host: see `adopt`. */
export async function diagnose(host: HostRun, moment: Moment): Promise<DiagnosisRead> {
  const { runbook, recorder } = host.run;
  recorder.note({ type: 'phase-started', host: host.name, phase: PHASE_OF[moment] });
  const scope = (): Scope => {
    const now = moment === 'proof' ? sinceFix(host.scope()) : host.scope();
    return { ...now, steps: new Map(), findings: new Map() };
  };
  const applies = new AppliesGate(runbook.applies, scope);
  const reading = await readSteps(host, {
    phase: PHASE_OF[moment],
    steps: runbook.diagnose,
    scope,
    halted: () => applies.halted(),
    ended: (results) => applies.look(results),
  });
  if (reading.end === 'lost') return { kind: 'lost' };
  if (reading.end === 'interrupted') return { kind: 'interrupted' };

  applies.look(reading.steps);
  const seen: Scope = { ...scope(), steps: reading.steps };
  const { values, reports } = applies.now.kind === 'yes' ? evaluateFindings(runbook.findings, seen) : NOTHING_FOUND;
  const told = applies.now.kind === 'undetermined' ? applies.now.kind : applies.now.kind === 'yes';
  const { name, machine } = host;
  await recorder.commit({ type: 'findings-evaluated', host: name, machine, moment, applies: told, findings: reports });
  const diagnosis: Diagnosis = { applies: applies.now, findings: reports };
  return { kind: 'read', diagnosis, steps: reading.steps, findings: values };
}

/** From now on ids and findings have these values. Results of fix steps stay. */
export function adopt(host: HostRun, read: Extract<DiagnosisRead, { kind: 'read' }>): void {
  host.steps = new Map([...host.steps, ...read.steps]);
  host.findings = read.findings;
  host.reports = read.diagnosis.findings;
  if (!host.attempted) host.reportsBefore = host.reports;
}

/** Evaluates `applies` once, as soon as the steps it refers to have ended, and stops the diagnosis when it does not hold. */
class AppliesGate {
  readonly #condition: Condition | undefined;
  readonly #scope: () => Scope;
  #decided: Applies | undefined;

  constructor(condition: Condition | undefined, scope: () => Scope) {
    this.#condition = condition;
    this.#scope = scope;
    if (condition === undefined) this.#decided = { kind: 'yes' };
    this.look(new Map());
  }

  get now(): Applies {
    return this.#decided ?? { kind: 'undetermined', why: 'the steps that applies reads have not ended' };
  }

  halted(): string | undefined {
    switch (this.#decided?.kind) {
      case 'undetermined':
        return this.#decided.why;
      case 'no':
        return 'the runbook does not apply here';
      case 'yes':
      case undefined:
        return undefined;
    }
  }

  look(steps: ReadonlyMap<string, StepResult>): void {
    const condition = this.#condition;
    if (this.#decided !== undefined || condition === undefined) return;
    if (!condition.references.steps.every((id) => steps.has(id))) return;
    const holds = condition.evaluate({ ...this.#scope(), steps });
    if (!holds.ok) this.#decided = { kind: 'undetermined', why: `applies: ${holds.error.message}` };
    else this.#decided = { kind: holds.value ? 'yes' : 'no' };
  }
}
