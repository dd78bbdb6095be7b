import type { Answer, Interpretation, UndoStep } from '../../model/action.ts';
import type { JsonObject } from '../../util/json.ts';
import { failed, unexpectedOutput } from './failure.ts';
import { readUnit, type UnitManager } from './look-at-unit.ts';
import { excerpt, readSections, type Section, type Sections } from './sections.ts';
import type { Unit, UnitReading } from './unit.ts';

export interface ServiceParams {
  readonly name: string;
  readonly state?: 'started' | 'stopped' | 'restarted' | 'reloaded';
  readonly enabled?: boolean;
  readonly check?: readonly string[];
}

interface ServiceOutput {
  readonly before: string;
  readonly after: string;
  readonly main_pid: number;
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
  const impossible = whyImpossible(before.value.unit, params);
  if (impossible !== undefined) return failed('cannot-start', `${impossible}; nothing was done`);
  return judge(answer, sections, params, manager, before.value.unit);
}

function whyImpossible(unit: Unit, { name, state }: ServiceParams): string | undefined {
  if (!unit.exists) return `there is no service ${name} on this host`;
  if (unit.masked && state !== 'stopped')
    return `${unit.unit} is masked: systemctl unmask it, when nobody wants it down any more`;
  if (state === 'reloaded' && !unit.active)
    return `${unit.unit} is ${unit.state} and so cannot reload: use state: started`;
  return undefined;
}

interface Attempt {
  readonly section: Section;
  readonly stderr: string;
}

function judge(
  answer: Answer,
  sections: Sections,
  params: ServiceParams,
  manager: UnitManager,
  before: Unit,
): Interpretation<ServiceOutput> {
  const [enable, act] = [sections.get('enable'), sections.get('act')];
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
  const trouble = troubleOf(params, after.value, act && { section: act, stderr: answer.stderr.text });
  if (trouble !== undefined) return failed('exit', trouble + lastWords(sections), undo);
  const output = {
    before: activityOf(before),
    after: activityOf(after.value.unit),
    main_pid: after.value.unit.main_pid,
  };
  return undo === undefined ? { status: 'ok', output } : { status: 'changed', output, undo };
}

function troubleOf(
  params: ServiceParams,
  { unit, oneshot }: UnitReading,
  act: Attempt | undefined,
): string | undefined {
  const { state, enabled } = params;
  if (enabled !== undefined && unit.enabled !== enabled)
    return `${params.name} is ${enabled ? 'still not enabled: has its file an [Install] section?' : 'still enabled'}`;
  if (state === undefined) return undefined;
  const verb = { started: 'start', stopped: 'stop', restarted: 'restart', reloaded: 'reload' }[state];
  if (act !== undefined && act.section.code !== 0)
    return `${params.name} did not ${verb}: ${words(act.section, lastLines(act.stderr))}`;
  const ranOnce = oneshot && unit.state === 'inactive';
  const down = !unit.exists || unit.state === 'inactive' || unit.state === 'failed';
  const reached = state === 'stopped' ? down : unit.active || ranOnce;
  return reached ? undefined : `${params.name} is ${unit.state} (${unit.sub_state}) after the ${verb}`;
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

function activityOf(unit: Unit): string {
  if (unit.active) return 'active';
  return unit.state === 'failed' ? 'failed' : 'inactive';
}

/** The first line of a complaint, with the next one where the first only says where. */
function words(section: Section, otherwise = ''): string {
  const [first, second] = section.lines.map((line) => line.trim()).filter((line) => line !== '');
  if (first === undefined) return otherwise || `exit code ${section.code}`;
  return excerpt(first.endsWith(':') && second !== undefined ? `${first} ${second}` : first, 300);
}

/** Of an init script, whose words are on the standard error of everything. */
function lastLines(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.trim());
  return lines
    .filter((line) => line !== '')
    .slice(-5)
    .map((line) => excerpt(line))
    .join(' | ');
}

function lastWords(sections: Sections): string {
  const lines = sections.get('journal')?.lines ?? [];
  return lines.length === 0 ? '' : `; journal: ${lines.map((line) => excerpt(line.trim())).join(' | ')}`;
}
