import type { Section, Sections } from './sections.ts';
import { isDenied, lastLines, ownWords, words } from './service-words.ts';
import { readNeeds, type Need } from './unit-needs.ts';
import type { Unit } from './unit.ts';

export interface ServiceParams {
  readonly name: string;
  readonly state?: 'started' | 'stopped' | 'restarted' | 'reloaded';
  readonly enabled?: boolean;
  readonly check?: readonly string[];
}

/** Why nothing may be done to the unit as it was found. */
export function whyImpossible(unit: Unit, { name, state }: ServiceParams): string | undefined {
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

/** Why the unit is not as it was to be, with the last lines of the journal; undefined when it is. */
export function troubleOf(
  params: ServiceParams,
  sections: Sections,
  unit: Unit,
  attempt: Attempt | undefined,
): string | undefined {
  const { name, state, enabled } = params;
  if (enabled !== undefined && unit.enabled !== enabled)
    return `${name} is ${enabled ? 'still not enabled: has its file an [Install] section?' : 'still enabled'}`;
  if (state === undefined) return undefined;
  const failed = attempt !== undefined && attempt.section.code !== 0;
  if (!failed && isReached(state, unit)) return undefined;
  const stale = unit.changed_on_disk ? '; its unit file was changed since systemd read it (daemon_reload: true)' : '';
  const needs = state === 'stopped' ? [] : readNeeds(sections, 'after');
  const said = ownWords(sections.get('journal')?.lines ?? []);
  const of = needs.at(-1)?.unit;
  const journal = said === '' ? '' : `; journal${of === undefined ? '' : ` of ${of}`}: ${said}`;
  return whatHappened(name, state, unit, { attempt: failed ? attempt : undefined, needs }) + stale + journal;
}

function isReached(state: string, unit: Unit): boolean {
  if (state === 'stopped') return !unit.exists || unit.state === 'inactive' || unit.state === 'failed';
  return unit.active || (unit.oneshot && unit.state === 'inactive' && unit.unmet_condition === '');
}

function whatHappened(
  name: string,
  state: NonNullable<ServiceParams['state']>,
  unit: Unit,
  { attempt, needs }: { readonly attempt: Attempt | undefined; readonly needs: readonly Need[] },
): string {
  const verb = { started: 'start', stopped: 'stop', restarted: 'restart', reloaded: 'reload' }[state];
  const not = `${name} did not ${verb}`;
  if (state === 'stopped' && attempt === undefined)
    return `${name} is ${unit.state} (${unit.sub_state}) after the stop${startedBy(unit)}`;
  if (attempt !== undefined && isDenied(attempt.section)) return `${not}: ${words(attempt.section)}`;
  if (unit.unmet_condition !== '')
    return `${not}: ${unit.unmet_condition} is not met, so systemd does not start it here`;
  if (needs.length > 0) return `${not}: ${chain(needs)}`;
  if (attempt !== undefined) return `${not}: ${words(attempt.section, lastLines(attempt.stderr))}`;
  if (unit.sub_state === 'auto-restart')
    return `${name} does not stay up after the ${verb}: it ended (${unit.result}), and systemd starts it again and again`;
  if (unit.state === 'failed')
    return `${name} failed after the ${verb}${unit.result === '' ? '' : ` (${unit.result})`}`;
  return `${name} is ${unit.state} (${unit.sub_state}) after the ${verb}`;
}

function startedBy({ triggered_by: triggers }: Unit): string {
  return triggers.length === 0 ? '' : `: ${triggers.join(', ')} starts it again, stop that first`;
}

/** `it needs app.service, which needs db.service, which failed (exit-code)` */
function chain(needs: readonly Need[]): string {
  return `it needs ${needs.map(({ unit }) => unit).join(', which needs ')}, which ${needs.at(-1)?.words ?? ''}`;
}
