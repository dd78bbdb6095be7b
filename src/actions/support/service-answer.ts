import type { Answer, Interpretation, UndoStep } from '../../model/action.ts';
import type { JsonObject } from '../../util/json.ts';
import { failed, unexpectedOutput } from './failure.ts';
import { readUnit, type UnitManager } from './look-at-unit.ts';
import { readSections, type Section, type Sections } from './sections.ts';
import { troubleOf, whyImpossible, type ServiceParams } from './service-trouble.ts';
import { ownWords, words } from './service-words.ts';
import type { Unit } from './unit.ts';

interface ServiceOutput {
  readonly before: string;
  readonly after: string;
  readonly main_pid: number;
  readonly failure: string;
  readonly start_limit_cleared: boolean;
  readonly triggered_by: readonly string[];
}

/** Judges what `serviceScript` printed. */
export function interpretService(
  answer: Answer,
  params: ServiceParams,
  manager: UnitManager,
): Interpretation<ServiceOutput> {
  const read = readSections(answer.stdout.text);
  if (!read.ok) return unexpectedOutput(read.error, answer);
  const sections = read.value;
  for (const [name, what] of [
    ['check', 'the check'],
    ['daemon_reload', 'daemon-reload'],
  ] as const) {
    const gate = sections.get(name);
    if (gate !== undefined && gate.code !== 0)
      return failed('exit', `${what} failed, nothing was done: ${words(gate)}`);
  }
  const before = readUnit(manager, sections, 'before', params.name);
  if (!before.ok) return failed('cannot-check', `the state is not known, nothing was done: ${before.error}`);
  const impossible = whyImpossible(before.value, params);
  if (impossible !== undefined) return failed('cannot-start', `${impossible}; nothing was done`);
  return judge(answer, sections, params, manager, before.value);
}

function judge(
  answer: Answer,
  sections: Sections,
  params: ServiceParams,
  manager: UnitManager,
  before: Unit,
): Interpretation<ServiceOutput> {
  const [enable, act] = [sections.get('enable'), sections.get('again') ?? sections.get('act')];
  const undo = undoOf(before, params, { enablement: enable !== undefined, activity: act !== undefined });
  if (enable !== undefined && enable.code !== 0)
    return failed(
      'exit',
      `${before.unit} was not ${params.enabled === true ? 'enabled' : 'disabled'}: ${words(enable)}`,
      undo,
    );
  const after = readUnit(manager, sections, 'after', before.unit);
  if (!after.ok)
    return { ...unexpectedOutput(`the state afterwards is not known: ${after.error}`, answer), ...(undo && { undo }) };
  const attempt = act && { section: act, stderr: answer.stderr.text };
  const trouble = troubleOf(params, sections, after.value, attempt);
  if (trouble !== undefined) return failed('exit', trouble, undo);
  const output = {
    before: activityOf(before),
    after: activityOf(after.value),
    main_pid: after.value.main_pid,
    ...clearedOf(sections, before),
    triggered_by: after.value.triggered_by,
  };
  return undo === undefined ? { status: 'ok', output } : { status: 'changed', output, undo };
}

/** Back to the former activity and enablement, of what was touched. What guarded a start guards the next one; nothing guards a stop. */
function undoOf(
  before: Unit,
  { check = [] }: ServiceParams,
  { enablement, activity }: { readonly enablement: boolean; readonly activity: boolean },
): readonly UndoStep[] | undefined {
  if (!enablement && !activity) return undefined;
  const params: JsonObject = {
    name: before.unit,
    ...(activity && { state: before.active ? 'started' : 'stopped' }),
    ...(enablement && { enabled: before.enabled }),
    ...(activity && before.active && check.length > 0 && { check: [...check] }),
  };
  return [{ action: 'service', params }];
}

/** What was seen of the failed state before it was cleared. */
function clearedOf(sections: Sections, before: Unit): Pick<ServiceOutput, 'failure' | 'start_limit_cleared'> {
  const reset: Section | undefined = sections.get('reset');
  if (reset === undefined || reset.code !== 0) return { failure: '', start_limit_cleared: false };
  const limited = before.start_limited || sections.has('again');
  const result = before.state === 'failed' ? before.result || before.sub_state : 'start-limit-hit';
  const last = ownWords(sections.get('failure')?.lines ?? []);
  return { failure: last === '' ? result : `${result}: ${last}`, start_limit_cleared: limited };
}

function activityOf(unit: Unit): string {
  if (unit.active) return 'active';
  return unit.state === 'failed' ? 'failed' : 'inactive';
}
