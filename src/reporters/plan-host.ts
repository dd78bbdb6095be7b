import type { Risk } from '../model/action.ts';
import type { HostPlan, PlannedItem, PlannedStep } from '../model/plan.ts';
import { count } from '../util/count.ts';
import { cutToWidth, printableLine } from '../util/printable.ts';
import { renderCommand } from './command-text.ts';
import { renderDifference } from './diff-text.ts';
import { renderFinding } from './finding-text.ts';
import { labelled, MARGIN, type Page } from './labelled.ts';
import { onText } from './place-text.ts';

export interface HostTextOptions extends Page {
  /** All items, whole diffs, and unless `sources` is false the whole source of each step. */
  readonly verbose: boolean;
  readonly sources?: boolean;
}

const MOST_ITEMS = 6;

const RISK_IN_WORDS: Readonly<Record<Risk, string>> = {
  none: '',
  reload: 'reload: a service reads its configuration anew',
  restart: 'restart: a service is interrupted',
  destructive: 'destructive: what it removes is gone',
};

/** What was found on a host, and each step that a run would send there, with its risk and how it is undone. */
export function renderHostPlan(host: HostPlan, page: HostTextOptions): readonly string[] {
  const mostItems = page.verbose ? Number.POSITIVE_INFINITY : undefined;
  return [
    ...(host.hint === undefined ? [] : [labelled(page, 'do', host.hint)]),
    ...host.findings.flatMap((finding) => renderFinding(finding, page, mostItems)),
    ...withoutSkipped(host.steps).flatMap((step) => renderStep(step, page)),
    ...renderSkipped(host.steps, page),
  ];
}

const withoutSkipped = (steps: readonly PlannedStep[]): readonly PlannedStep[] =>
  steps.filter(({ command }) => command.kind !== 'skipped');

function renderStep(step: PlannedStep, page: HostTextOptions): readonly string[] {
  const { command, id, name } = step;
  switch (command.kind) {
    case 'skipped':
      return [];
    case 'unknown-until':
      return [
        labelled(
          page,
          'then',
          `${id}: what exactly is known when ${command.step} is done${command.others === true ? ' for the other hosts' : ''}`,
        ),
        ...renderTerms(step, page),
      ];
    case 'nothing':
      return [labelled(page, 'keep', `${id}: ${name}: already so`, 'dim')];
    case 'exact': {
      const shown = page.verbose ? command.items : command.items.slice(0, MOST_ITEMS);
      const rest = command.items.length - shown.length;
      return [
        ...shown.flatMap((item, index) => renderItem(item, index === 0 ? id : '', page)),
        ...(rest > 0 ? [labelled(page, '', `and ${count(rest, 'more command')}: -v shows all`, 'dim')] : []),
        ...renderTerms(step, page),
      ];
    }
  }
}

/** `id`: of the step, before its first item. */
function renderItem(item: PlannedItem, id: string, page: HostTextOptions): readonly string[] {
  const { summary, text, differences } = item;
  const where = `${id}${onText(item)}`.trimStart();
  // A command that names two files does not tell which change is in which.
  const above = differences.length === 1 ? summary : '';
  return [
    ...renderCommand(page, id === '' ? '' : 'run', `${where === '' ? '' : `${where}: `}${summary}`, 'strong'),
    ...(page.verbose && page.sources !== false && text !== '' && text.trimEnd() !== summary
      ? [labelled(page, '', text.trimEnd(), 'dim')]
      : []),
    ...differences.flatMap((difference) => renderDifference(difference, { ...page, summary: above })),
  ];
}

const ONCE = 'once, by the first host of the run that comes to it; the others have its result';

/** A step without a name of its own is called as its action, which tells nothing more. */
function renderTerms({ name, action, risk, undo, once }: PlannedStep, page: Page): readonly string[] {
  const terms = [
    [name === action ? '' : name, RISK_IN_WORDS[risk]].filter((term) => term !== '').join(' · '),
    once === true ? ONCE : '',
    undo,
  ];
  return terms.filter((term) => term !== '').map((term) => labelled(page, '', term, 'dim'));
}

/** One line for all that are skipped for the same reason. */
function renderSkipped(steps: readonly PlannedStep[], page: HostTextOptions): readonly string[] {
  const idsOf = new Map<string, string[]>();
  for (const { id, command } of steps) {
    if (command.kind === 'skipped') idsOf.set(command.reason, [...(idsOf.get(command.reason) ?? []), id]);
  }
  const room = page.verbose ? Number.POSITIVE_INFINITY : page.columns - MARGIN.length;
  return [...idsOf].map(([reason, ids]) =>
    labelled(page, 'skip', cutToWidth(printableLine(`${ids.join(', ')}: ${reason}`), room), 'dim'),
  );
}
