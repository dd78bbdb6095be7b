import type { Action, Risk } from '../../model/action.ts';
import { RISKS } from '../../model/action.ts';
import type { Condition, Expression, Text } from '../../model/expression.ts';
import type { Step } from '../../model/runbook.ts';
import type { JsonObject } from '../../util/json.ts';
import type { Word } from '../../util/secret.ts';
import { readCondition, readConditions } from '../conditions.ts';
import type { Place } from '../place.ts';
import { shortFormOf } from '../schema.ts';
import { plainText, readText } from '../text.ts';
import { readFields, readValue } from '../value/read-value.ts';
import { asExpression, mapTree, type Tree } from '../value/tree.ts';
import type { YamlNode } from '../yaml/node.ts';
import { readBecome } from './become.ts';
import type { RunbookContext, StepToRead } from './context.ts';
import { constantMilliseconds, readMilliseconds } from './durations.ts';
import { readEnv } from './env.ts';
import { readLoop } from './loop.ts';
import { findingsServed, modifier, ownModifier, type RawStep } from './raw-step.ts';
import { readUndo } from './undo.ts';
import type { Extras } from './types.ts';
import { checkStepRules, effectOf, isOpen } from './step-rules.ts';

const READING_TIMEOUT_MS = 30_000;
const CHANGING_TIMEOUT_MS = 300_000;

/**
 * Checks one step with all its keys; undefined after reports. `undone`: for a step of an `undo` list, what `item` and `result`
 * of the undone step are.
 */
export function readStep({ raw, visible }: StepToRead, context: RunbookContext, undone: Extras = {}): Step | undefined {
  if (raw.action === undefined) return undefined;
  const { action, entry } = raw.action;
  const { report, types, files } = context;
  const findings = findingsIn(raw, context);
  const outer: Place = { typed: types.scope(visible, findings, undone), report, phase: raw.phase, files };
  const loopEntry = ownModifier(raw, 'loop');
  const loop = loopEntry === undefined ? undefined : readLoop(loopEntry.value, outer);
  const item = loopEntry === undefined ? undone : { ...undone, item: loop?.item ?? ({ kind: 'unknown' } as const) };
  const place: Place = loopEntry === undefined ? outer : { ...outer, typed: types.scope(visible, findings, item) };
  const result = { ...item, result: types.step(raw.id).single };
  const judging: Place = {
    ...place,
    typed: types.scope(visible, findings, { ...result, first: raw.phase === 'verify' }),
  };

  const effect = effectOf(raw, action);
  checkStepRules(raw, action, context);
  const when = readWhen(raw, place);
  const params = readParams(entry.value, action, raw, place);
  const expect = ownModifier(raw, 'expect');
  const env = readEnv(raw, isOpen(action), place);
  const undoing: Place = { ...place, typed: types.scope(visible, findings, result) };
  const undo = readUndo({ raw, visible }, action, effect, context, undoing, (inner) =>
    readStep(inner, context, result),
  );
  const timeout = readTimeout(raw, effect, place);
  const retest = readRetest(raw, place);
  const name = readName(raw, action, place);
  if (params === undefined || timeout === undefined || retest === undefined || name === undefined || undo === undefined)
    return undefined;
  return {
    id: raw.id,
    phase: raw.phase,
    name,
    action,
    params: asExpression<JsonObject>(params, raw.head, report),
    for: findingsServed(raw),
    when,
    groupLoops: [],
    ...(loop !== undefined && { loop: loop.items }),
    expect: expect === undefined ? [] : readConditions(expect.value, 'expect', judging),
    timeoutMs: timeout,
    become: readBecome(modifier(raw, 'become')?.value, report) ?? context.become,
    ...(env !== undefined && { env: asExpression<Readonly<Record<string, Word>>>(env, raw.head, report) }),
    onFailure: textOf(modifier(raw, 'on_failure')?.value) === 'continue' ? 'continue' : 'stop',
    retest,
    undo,
    effect,
    idempotent: flagOf(raw, 'idempotent') ?? action.idempotent,
    risk: riskOf(raw, action),
    noLog: flagOf(raw, 'no_log') ?? false,
    at: report.lines.range(raw.head),
  };
}

/** Findings are read by what comes after them. */
function findingsIn(raw: RawStep, context: RunbookContext): ReadonlyMap<string, 'all'> | undefined {
  if (raw.phase === 'diagnose') return undefined;
  return new Map([...context.findings.keys()].map((name) => [name, 'all']));
}

/** The group's before the step's own. */
function readWhen(raw: RawStep, place: Place): readonly Condition[] {
  return raw.levels
    .map((level) => level.entries.get('when'))
    .filter((entry) => entry !== undefined)
    .map((entry) => readCondition(entry.value, 'when', place))
    .filter((condition) => condition !== undefined);
}

function readParams(node: YamlNode, action: Action, raw: RawStep, place: Place): Tree | undefined {
  if (node.kind === 'map')
    return readFields(action.params, node, action.name, raw.action?.entry.key ?? raw.head, place);
  const short = shortFormOf(action);
  const field = short === undefined ? undefined : action.params[short];
  if (short === undefined || field === undefined) {
    place.report.error(
      'E_TYPE',
      node.at,
      `${action.name} needs a map of params`,
      `write ${action.name}: { ... }, or {} without params`,
    );
    return undefined;
  }
  const tree = readValue(field.type, node, { key: action.name }, place);
  return tree === undefined ? undefined : mapTree([[short, tree]]);
}

function readTimeout(raw: RawStep, effect: 'reads' | 'changes', place: Place): Expression<number> | undefined {
  const entry = ownModifier(raw, 'timeout');
  if (entry !== undefined) return readMilliseconds(entry.value, 'timeout', { least: 1 }, place);
  return constantMilliseconds(effect === 'reads' ? READING_TIMEOUT_MS : CHANGING_TIMEOUT_MS, raw.head, place);
}

function readRetest(raw: RawStep, place: Place): false | Expression<number> | undefined {
  const entry = modifier(raw, 'retest');
  if (entry === undefined || raw.phase !== 'fix') return false;
  if (entry.value.kind !== 'scalar' || typeof entry.value.value !== 'boolean') {
    return readMilliseconds(entry.value, 'retest', { least: 0 }, place);
  }
  return entry.value.value ? constantMilliseconds(0, entry.value.at, place) : false;
}

function readName(raw: RawStep, action: Action, place: Place): Text | undefined {
  const entry = ownModifier(raw, 'name');
  return entry === undefined ? plainText(action.name) : readText(entry.value, 'name', place);
}

function riskOf(raw: RawStep, action: Action): Risk {
  const written = textOf(ownModifier(raw, 'risk')?.value);
  return RISKS.find((risk) => risk === written) ?? action.risk;
}

function flagOf(raw: RawStep, key: string): boolean | undefined {
  const node = ownModifier(raw, key)?.value;
  return node?.kind === 'scalar' && typeof node.value === 'boolean' ? node.value : undefined;
}

function textOf(node: YamlNode | undefined): string | undefined {
  return node?.kind === 'scalar' ? node.text : undefined;
}
