import { delegateOf } from '../model/expand-step.ts';
import type { ErrorInfo } from '../model/error.ts';
import type { EvaluationError, Scope } from '../model/expression.ts';
import type { BoundHost, Delegate } from '../model/host.ts';
import { lapsOf } from '../model/loops.ts';
import type { GroupLoop, Runbook, Step } from '../model/runbook.ts';
import { SecretName } from '../model/scalar-literal.ts';
import { err, ok, type Result } from '../util/result.ts';

/** One step that may be delegated, for one host of the run. */
export interface Delegation {
  /** Id of the step. */
  readonly step: string;
  readonly host: string;
  readonly to: string;
}

interface Delegated {
  /** Those that were given, each with the other hosts that steps may be delegated to for it. */
  readonly hosts: readonly BoundHost[];
  readonly delegations: readonly Delegation[];
}

/** Pure: to whom steps may be delegated, whatever is found on the hosts; or why that cannot be told before they are contacted. */
export function bindDelegates(runbook: Runbook, hosts: readonly BoundHost[]): Result<Delegated, ErrorInfo> {
  const steps = stepsOf(runbook).filter(({ step }) => step.delegate !== undefined);
  if (steps.length === 0) return ok({ hosts, delegations: [] });
  const bound: BoundHost[] = [];
  const delegations: Delegation[] = [];
  for (const host of hosts) {
    const changes = new Map<string, boolean>();
    const scope = scopeBefore(host);
    for (const { step, loops } of steps) {
      const names = namesOf(step, loops, scope);
      if (!names.ok) return err(untold(step, host.host.name, names.error));
      for (const to of names.value) {
        changes.set(to, changes.get(to) === true || step.effect === 'changes');
        delegations.push({ step: step.id, host: host.host.name, to });
      }
    }
    const delegates = [...changes].map(([name, isChanged]): Delegate => ({ name, changes: isChanged }));
    bound.push(delegates.length === 0 ? host : { ...host, delegates });
  }
  return ok({ hosts: bound, delegations });
}

interface PlacedStep {
  readonly step: Step;
  /** All around it, outermost first: of a step in an undo those of the undone step, too. */
  readonly loops: readonly Pick<GroupLoop, 'list'>[];
}

function stepsOf({ diagnose, fix, verify, rollback }: Runbook): readonly PlacedStep[] {
  return [...diagnose, ...fix, ...(verify?.steps ?? []), ...rollback].flatMap((step) => {
    const loops = loopsOf(step);
    const undo = step.undo.kind === 'steps' ? step.undo.steps : [];
    return [{ step, loops }, ...undo.map((inner) => ({ step: inner, loops: [...loops, ...loopsOf(inner)] }))];
  });
}

function loopsOf({ groupLoops, loop }: Step): PlacedStep['loops'] {
  return [...groupLoops, ...(loop === undefined ? [] : [{ list: loop }])];
}

/** A list that only the host can tell matters to nobody whose delegate does not read its items. */
function namesOf(step: Step, loops: PlacedStep['loops'], scope: Scope): Result<ReadonlySet<string>, EvaluationError> {
  const laps = lapsOf(loops, scope);
  const names = new Set<string>();
  for (const lap of laps.ok ? laps.value : [scope]) {
    const name = delegateOf(step, lap);
    if (!name.ok) return laps.ok ? name : err(laps.error);
    if (name.value !== undefined) names.add(name.value);
  }
  return ok(names);
}

/** What is known of a host before it is contacted. Reading anything else is an error, and so is reading a secret. */
function scopeBefore({ host, params }: BoundHost): Scope {
  const { name, address, port, user, groups } = host;
  return {
    params: Object.fromEntries(Object.entries(params).filter(([, value]) => !(value instanceof SecretName))),
    host: { name, address, port, user, groups } as Scope['host'],
    steps: new Map(),
    findings: new Map(),
    time: { now: new Date(0).toISOString() },
  };
}

function untold({ id }: Step, host: string, { message }: EvaluationError): ErrorInfo {
  return {
    code: 'usage',
    message: `to which host ${id} is delegated for ${host} cannot be told before it is contacted: ${message}`,
    hint: 'name it by a param, by host.name, or by an item of a list that is written out or a param',
  };
}
