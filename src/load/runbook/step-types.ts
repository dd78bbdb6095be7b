import type { Shape, ShapeTable } from '../expression/shape.ts';
import type { RawStep } from './raw-step.ts';

const STRING: Shape = { kind: 'string' };
const UNKNOWN: Shape = { kind: 'unknown' };

export interface StepTypes {
  /** What its id means. */
  readonly whole: Shape;
  /** The result of one execution: with a loop, an element of `results`. */
  readonly single: Shape;
}

/** The types of a step's result, which are defined in the table. Unknown for a step without an action. */
export function typesOf(step: RawStep, table: ShapeTable): StepTypes {
  if (step.action === undefined) return { whole: UNKNOWN, single: UNKNOWN };
  const name = `step.${step.id.replaceAll(/\W/g, '_')}`;
  const output = table.fieldsOf(step.action.action.output, name, patternNames(step));
  const fields = new Map<string, Shape>([...output, ['status', STRING], ['error', STRING]]);
  const looped = isInLoop(step) || step.node.entries.has('loop');
  if (!looped) {
    const whole = table.define(name, fields, { step: step.id });
    return { whole, single: whole };
  }
  const single = table.define(`${name}.item`, fields, { step: step.id });
  const whole = new Map<string, Shape>([
    ['status', STRING],
    ['error', STRING],
    ['results', { kind: 'list', of: single }],
  ]);
  return { whole: table.define(name, whole, { step: step.id }), single };
}

/** Pure: a group around it has a loop. What its id means depends on where it is read. */
export function isInLoop({ groups }: RawStep): boolean {
  return groups.some(({ node }) => node.entries.has('loop'));
}

/** The names that `by-pattern` outputs have: the keys of the step's `patterns` param. */
function patternNames(step: RawStep): readonly string[] {
  const params = step.action?.entry.value;
  const field = Object.entries(step.action?.action.params ?? {}).find(([, param]) => param.type.kind === 'patterns');
  const patterns = field === undefined || params?.kind !== 'map' ? undefined : params.entries.get(field[0])?.value;
  return patterns?.kind === 'map' ? [...patterns.entries.keys()] : [];
}
