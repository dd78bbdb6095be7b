import type { Outcome } from './result.ts';

export interface ExitCode {
  readonly code: number;
  readonly meaning: string;
}

/** Bits of `run` and `plan`: they are added. The one table; `--help` and the documentation are made from it. */
export const EXIT_BITS = [
  { code: 0, meaning: 'every host is healthy, repaired, or not applicable (exec: done)' },
  { code: 2, meaning: 'some host is not repaired or was rolled back (plan: there is something to fix; exec: failed)' },
  { code: 4, meaning: 'some host is unreachable' },
  { code: 8, meaning: 'stopped by a limit: max_failures, max_unreachable, brake, keep, run_timeout' },
  { code: 16, meaning: 'refused: lock, cooldown, attempts, freeze, policy, approval' },
  { code: 32, meaning: 'unknown, or a rollback failed: a person must look' },
] as const satisfies readonly ExitCode[];

/** These come alone. */
export const EXIT_ALONE = [
  { code: 1, meaning: 'internal error, or the store failed' },
  { code: 64, meaning: 'the command line is wrong' },
  { code: 65, meaning: 'the runbook or the inventory is wrong' },
  { code: 78, meaning: 'the configuration is wrong, or a secret is missing' },
  { code: 129, meaning: 'the terminal went away (SIGHUP)' },
  { code: 130, meaning: 'interrupted (SIGINT)' },
  { code: 143, meaning: 'terminated (SIGTERM)' },
] as const satisfies readonly ExitCode[];

const BIT_OF_OUTCOME: Readonly<Record<Outcome, number>> = {
  healthy: 0,
  repaired: 0,
  'not-applicable': 0,
  'not-repaired': 2,
  'rolled-back': 2,
  'needs-fix': 2,
  done: 0,
  failed: 2,
  unreachable: 4,
  'not-started': 8,
  refused: 16,
  unknown: 32,
  'rollback-failed': 32,
};

/** `stopped`: a limit was reached, whether a host is `not-started` for it or not. */
export function exitCodeOf(outcomes: Iterable<Outcome>, stopped = false): number {
  let code = stopped ? BIT_OF_OUTCOME['not-started'] : 0;
  for (const outcome of outcomes) code |= BIT_OF_OUTCOME[outcome];
  return code;
}
