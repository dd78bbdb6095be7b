import type { Action, Risk } from '../../model/action.ts';
import { RISKS } from '../../model/action.ts';
import type { Condition, Expression, Text } from '../../model/expression.ts';
import type { Step } from '../../model/runbook.ts';
import type { JsonObject } from '../../util/json.ts';
import { err, ok } from '../../util/result.ts';
import type { Become } from '../../model/transport.ts';
import type { Word } from '../../util/secret.ts';
import { readCondition, readConditions } from '../conditions.ts';
import type { Span } from '../line-map.ts';
import type { Place } from '../place.ts';
import { shortFormOf } from '../schema.ts';
import { joinTexts, plainText, readText } from '../text.ts';
import { readFields, readValue } from '../value/read-value.ts';
import { asExpression, mapped, mapTree, type Tree } from '../value/tree.ts';
import type { YamlNode } from '../yaml/node.ts';
import { readBecome } from './become.ts';
import type { RunbookContext, StepToRead } from './context.ts';
import { delegateUndo, readDelegate } from './delegate.ts';
import { constantMilliseconds, readMilliseconds } from './durations.ts';
import { readEnv } from './env.ts';
import { conditionAt, readLevels, textAt, type Level, type Levels } from './levels.ts';
import { findingsServed, modifier, ownModifier, type RawStep } from './raw-step.ts';
import { readUndo } from './undo.ts';
import { readUntil } from './until.ts';
import type { Extras } from './types.ts';
import { checkStepRules, effectOf, isOpen } from './step-rules.ts';
import { readTags } from './tags.ts';

const READING_TIMEOUT_MS = 30_000;
const CHANGING_TIMEOUT_MS = 300_000;

/**
 * Checks one step with all its keys; undefined after reports. `undone`: for a step of an `undo` list, what `item` and `result`
 * of the undone step are.
 */
export function readStep({ raw, visible }: StepToRead, context: RunbookContext, undone: Extras = {}): Step | undefined {
  if (raw.action === undefined) return undefined;
  const { action, entry } = raw.action;
  const levels = readLevels({ raw, visible }, context, undone);
  const { place, extras, placeWith, loop, types } = levels;
  const { report, files } = raw.frame;
  const own = { ...context, report, files, types };
  const result: Extras = { ...extras, result: types.step(raw.id).single, ownResult: true };

  const effect = effectOf(raw, action);
  checkStepRules(raw, action, own);
  const when = readWhen(levels.all);
  const params = readParams(entry.value, action, raw, place);
  const expect = ownModifier(raw, 'expect');
  const env = readEnv(levels.all, isOpen(action), report);
  const lists = [...levels.groupLoops.map(({ list }) => list), ...(loop === undefined ? [] : [loop.items])];
  const delegate = readDelegate(levels.all, lists);
  const undoing = placeWith(result);
  const undo = readUndo({ raw, visible }, action, effect, own, undoing, (inner) =>
    readStep(inner, context, { ...result, ownResult: false }),
  );
  const timeout = readTimeout(raw, effect, place);
  const idempotent = flagOf(raw, 'idempotent') ?? action.idempotent;
  const until = readUntil(raw, { effect, idempotent }, place, placeWith(result));
  // It is read before the loops around are entered.
  const retest = readRetest(raw, levels.outside);
  const name = readName(levels.all, action);
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
    groupLoops: levels.groupLoops,
    ...(loop !== undefined && { loop: loop.items }),
    ...(until !== undefined && { until }),
    expect:
      expect === undefined
        ? []
        : readConditions(expect.value, 'expect', placeWith({ ...result, first: raw.phase === 'verify' })),
    timeoutMs: timeout,
    become: becomeOf(raw) ?? context.become,
    ...(delegate !== undefined && { delegate }),
    ...(flagOf(raw, 'once') === true && { once: true }),
    ...(env !== undefined && { env: asExpression<Readonly<Record<string, Word>>>(env, raw.head, report) }),
    onFailure: onFailureOf(raw),
    retest,
    undo: undo.kind === 'steps' ? { ...undo, steps: delegateUndo(undo.steps, delegate) } : undo,
    effect,
    idempotent,
    risk: riskOf(raw, action),
    noLog: flagOf(raw, 'no_log') ?? false,
    tags: readTags(raw),
    at: report.lines.range(raw.head),
  };
}

function becomeOf(raw: RawStep): Become | undefined {
  const entry = modifier(raw, 'become');
  return entry === undefined ? undefined : readBecome(entry.value, entry.frame.report);
}

/** The group's before the step's own. */
function readWhen(levels: readonly Level[]): readonly Condition[] {
  return levels.flatMap((level) => {
    const entry = level.node.entries.get('when');
    const condition = entry === undefined ? undefined : readCondition(entry.value, 'when', level.place);
    return condition === undefined ? [] : [conditionAt(level, condition)];
  });
}

function readParams(node: YamlNode, action: Action, raw: RawStep, place: Place): Tree | undefined {
  if (node.kind === 'map') {
    const at = raw.action?.entry.key ?? raw.head;
    const tree = readFields(action.params, node, action.name, at, place);
    return tree === undefined ? undefined : withoutConflict(tree, action, at, place);
  }
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

/** A conflict between what is written out is reported here; one that only the values show fails the step before it is sent. */
function withoutConflict(tree: Tree, action: Action, at: Span, { report }: Place): Tree | undefined {
  if (action.conflict === undefined) return tree;
  const complaint = (params: unknown): string | undefined => action.conflict?.(params as never);
  const written = tree.written === undefined ? undefined : complaint(tree.written.value);
  if (written !== undefined) return void report.error('E_PARAMS', at, `${action.name}: ${written}`);
  return mapped(tree, (params) => {
    const message = complaint(params);
    return message === undefined ? ok(params) : err({ kind: 'error', message });
  });
}

function readTimeout(raw: RawStep, effect: 'reads' | 'changes', place: Place): Expression<number> | undefined {
  const entry = ownModifier(raw, 'timeout');
  if (entry !== undefined) return readMilliseconds(entry.value, 'timeout', { least: 1 }, place);
  return constantMilliseconds(effect === 'reads' ? READING_TIMEOUT_MS : CHANGING_TIMEOUT_MS, raw.head, place);
}

/** `placeOf`: what is known outside of all loops where a key stands, for the re-test is made before they are entered. */
function readRetest(raw: RawStep, placeOf: Levels['outside']): false | Expression<number> | undefined {
  const entry = modifier(raw, 'retest');
  if (entry === undefined || raw.phase !== 'fix') return false;
  const place = placeOf(entry.frame);
  if (entry.value.kind !== 'scalar' || typeof entry.value.value !== 'boolean') {
    return readMilliseconds(entry.value, 'retest', { least: 0 }, place);
  }
  return entry.value.value ? constantMilliseconds(0, entry.value.at, place) : false;
}

/** The names of the groups and fragments stand before the step's own. */
function readName(levels: readonly Level[], action: Action): Text | undefined {
  const names = levels.flatMap((level, index) => {
    const entry = level.node.entries.get('name');
    if (entry === undefined && level.fragment !== undefined) return [plainText(level.fragment)];
    if (entry === undefined) return index === levels.length - 1 ? [plainText(action.name)] : [];
    const text = readText(entry.value, 'name', level.place);
    return [text === undefined ? undefined : textAt(level, text)];
  });
  const known = names.filter((name) => name !== undefined);
  return known.length === names.length ? joinTexts(known, ': ') : undefined;
}

/** What a rollback leaves out because something before it failed is never made good. */
function onFailureOf(raw: RawStep): 'stop' | 'continue' {
  const written = textOf(modifier(raw, 'on_failure')?.value);
  if (written === 'stop' || written === 'continue') return written;
  return raw.phase === 'rollback' ? 'continue' : 'stop';
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
