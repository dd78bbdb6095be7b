import type { EvaluationError } from '../../model/expression.ts';
import type { StepResult } from '../../model/result.ts';
import type { Verify } from '../../model/runbook.ts';
import { err, ok, type Result } from '../../util/result.ts';
import { interruptedAfter } from './fix-end.ts';
import type { HostRun } from '../host-run.ts';
import type { StageEnd } from '../lifecycle.ts';
import { readSteps, type ReadResults } from '../steps/read-steps.ts';

type VerifyEnd = StageEnd<'verify'>;

interface Times {
  readonly soakMs: number;
  readonly withinMs: number;
  readonly everyMs: number;
}

/** Less would be asking without a pause. */
const SHORTEST_EVERY_MS = 100;

/** Rounds of the verify steps: until all pass, `within` at most; from then on for `soak`, in which a single failure ends it. */
export async function verify(host: HostRun): Promise<VerifyEnd> {
  const { runbook, recorder, clock, stop } = host.run;
  recorder.note({ type: 'phase-started', host: host.name, phase: 'verify' });
  if (runbook.verify === undefined) throw new Error(`${runbook.name} has a fix and no verify`);
  const times = timesOf(host, runbook.verify);
  if (!times.ok) return { end: 'failed', reason: `verify: ${times.error.message}` };
  const { soakMs, withinMs, everyMs } = times.value;

  const firsts = new Map<string, StepResult>();
  const deadline = clock.monotonic() + withinMs;
  let passingSince: number | undefined;
  for (let round = 1; ; round += 1) {
    const begun = clock.monotonic();
    const reading = await readSteps(host, {
      phase: 'verify',
      steps: runbook.verify.steps,
      scope: () => host.scope(),
      firsts,
    });
    if (reading.end === 'lost') return { end: 'lost', reason: host.howItBroke('during the proof') };
    if (reading.end === 'interrupted') return { end: 'interrupted', reason: interruptedAfter(host) };
    // A rollback may read them.
    host.steps = reading.steps;

    const failures = failuresOf(host, reading);
    const passed = failures.length === 0;
    const heldBefore = passingSince !== undefined;
    if (passed) passingSince ??= clock.monotonic();
    const heldMs = passed && passingSince !== undefined ? clock.monotonic() - passingSince : 0;
    await recorder.commit({ type: 'proof-round', host: host.name, round, passed, heldMs, soakMs, failures });

    if (passed && heldMs >= soakMs) return { end: 'passed', reason: '' };
    if (!passed && heldBefore) return { end: 'failed', reason: `did not hold: ${failures.join('; ')}` };
    const last = passed && passingSince !== undefined ? passingSince + soakMs : deadline;
    if (!passed && clock.monotonic() >= deadline) return { end: 'failed', reason: failures.join('; ') };
    // The last round is not before the end, whatever `every` is.
    const next = Math.max(Math.min(begun + everyMs, last), clock.monotonic());
    await clock.sleep(next - clock.monotonic(), stop);
  }
}

function failuresOf(host: HostRun, reading: ReadResults): readonly string[] {
  return reading.read
    .filter(({ result }) => result.status !== 'ok' && result.status !== 'changed' && result.status !== 'skipped')
    .map(({ step, result }) => `${step.name.render({ ...host.scope(), steps: reading.steps })}: ${result.error}`);
}

function timesOf(host: HostRun, settings: Verify): Result<Times, EvaluationError> {
  const scope = host.scope();
  const soak = settings.soak.evaluate(scope);
  if (!soak.ok) return err(soak.error);
  const within = settings.within.evaluate(scope);
  if (!within.ok) return err(within.error);
  const every = settings.every.evaluate(scope);
  if (!every.ok) return err(every.error);
  return ok({ soakMs: soak.value, withinMs: within.value, everyMs: Math.max(every.value, SHORTEST_EVERY_MS) });
}
