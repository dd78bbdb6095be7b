import { isDeepStrictEqual } from 'node:util';
import type { ErrorInfo } from '../model/error.ts';
import type { Overrides } from '../model/event.ts';
import type { Plan } from '../model/plan.ts';
import type { RunSelection, Target } from '../model/selection.ts';
import { MASK } from '../util/secret.ts';

/** A plan as it was recorded, with what it was made from. */
export interface SavedPlan {
  readonly plan: Plan;
  readonly selection: RunSelection;
  /** What a person set aside when it was made. */
  readonly overrides?: Overrides;
}

const HOLDS_MS = 24 * 3_600_000;

/** Pure: why a recorded plan cannot be carried out, as far as its record and the time tell. */
export function whyVoidAlready({ plan, selection }: SavedPlan, now: number): ErrorInfo | undefined {
  const age = now - Date.parse(plan.madeAt);
  if (isOld(plan, now)) return voidPlan(plan, `it was made ${hours(age)} ago, and a plan holds for 24 hours`);
  if (age < 0) return voidPlan(plan, 'it was made in the future, as the clock of this machine says');
  if (plan.stop !== undefined)
    return voidPlan(plan, `${plan.stop.limit} stopped it: ${plan.stop.reason}`, plan.stop.hint);
  if (selection.params.some((param) => param.includes(MASK))) {
    return voidPlan(plan, 'a param was given that holds the value of a secret, and that is not kept');
  }
  return undefined;
}

/** Pure: a plan holds for 24 hours. */
export function isOld({ madeAt }: Plan, now: number): boolean {
  return now - Date.parse(madeAt) > HOLDS_MS;
}

/** What is chosen now, to carry out a plan. */
export interface Chosen {
  readonly runbookSha256: string;
  readonly targets: readonly Target[];
  readonly delegates?: readonly Target[];
  /** Masks what is compared with the record. */
  mask<T extends object>(value: T): T;
}

/** Pure: what changed in the files since the plan was made. */
export function whyVoidNow({ plan, selection }: SavedPlan, chosen: Chosen): ErrorInfo | undefined {
  const why = whatChanged({ selection, runbookSha256: plan.runbookSha256 }, chosen);
  return why === undefined ? undefined : voidPlan(plan, why);
}

/** Pure: what is otherwise now than when this was chosen, in words. */
export function whatChanged(
  { selection, runbookSha256 }: Pick<SavedPlan, 'selection'> & Pick<Chosen, 'runbookSha256'>,
  chosen: Chosen,
): string | undefined {
  if (chosen.runbookSha256 !== runbookSha256) return otherRunbook(selection);
  const known = new Map([...selection.targets, ...(selection.delegates ?? [])].map((target) => [target.host, target]));
  for (const target of [...chosen.targets, ...(chosen.delegates ?? [])]) {
    const before = known.get(target.host);
    if (before === undefined) return `steps are delegated to ${target.host} now, and none were`;
    const why = otherTarget(chosen.mask({ ...before }), chosen.mask({ ...target }));
    if (why !== undefined) return `${target.host} ${why}`;
  }
  return undefined;
}

/** `why`: a clause, such as `it was made 25 hours ago`. */
export function voidPlan({ runId, runbook }: Plan, why: string, hint?: string): ErrorInfo {
  const again = `make a new plan of ${runbook}, as this one was made`;
  return {
    code: 'refused',
    message: `the plan ${runId} is void: ${why}`,
    hint: hint === undefined ? again : `${hint}\n${again}`,
  };
}

export function changedRunbook(plan: Plan, selection: RunSelection): ErrorInfo {
  return voidPlan(plan, otherRunbook(selection));
}

const otherRunbook = ({ runbookFile }: RunSelection): string =>
  `the runbook ${runbookFile}, or a file that it takes in, has changed`;

function otherTarget(before: Target, now: Target): string | undefined {
  const [was, is] = [placeOf(before), placeOf(now)];
  if (was !== is) return `was ${was}, and is ${is} now`;
  const names = new Set([...Object.keys(before.params), ...Object.keys(now.params)]);
  const changed = [...names].filter((name) => !isDeepStrictEqual(before.params[name], now.params[name]));
  return changed.length === 0 ? undefined : `has other params now: ${changed.join(', ')}`;
}

function placeOf({ user, address, port, connection, through = [] }: Target): string {
  const behind = through.length === 0 ? '' : ` behind ${through.join(', ')}`;
  return connection === 'local' ? `${user} on this machine` : `${user}@${address}:${port}${behind}`;
}

const hours = (milliseconds: number): string => `${Math.floor(milliseconds / 3_600_000)} hours`;
