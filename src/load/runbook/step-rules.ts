import { RISKS, type Action } from '../../model/action.ts';
import { suggest } from '../../util/suggest.ts';
import { headOf } from '../yaml/node.ts';
import type { RunbookContext } from './context.ts';
import { modifier, ownModifier, type RawStep } from './raw-step.ts';

/** `command`, `shell` and the like: only the author knows what they do. */
export function isOpen(action: Action): boolean {
  return action.undo?.kind === 'declare';
}

/** An open action reads when its author says so. */
export function effectOf(raw: RawStep, action: Action): 'reads' | 'changes' {
  return isOpen(action) && raw.node.entries.has('effect') ? 'reads' : action.effect;
}

/** It can stand in fix or in a rollback only. */
export function isChanging(raw: RawStep): boolean {
  const keys = Object.entries(PHASES_OF).filter(([, phases]) => phases.includes('fix'));
  return keys.some(([key]) => modifier(raw, key) !== undefined) || changes(raw);
}

function changes(raw: RawStep): boolean {
  return raw.action !== undefined && effectOf(raw, raw.action.action) === 'changes';
}

/** Which keys a step may and must have in its phase. */
export function checkStepRules(raw: RawStep, action: Action, context: RunbookContext): void {
  checkEffect(raw, action, context);
  checkPhaseKeys(raw);
  if (raw.phase === 'fix' && context.isFragment !== true) checkFor(raw, context);
  const { report } = context;
  if (
    raw.phase === 'verify' &&
    context.isFragment !== true &&
    action.judges !== true &&
    ownModifier(raw, 'expect') === undefined
  ) {
    report.error(
      'E_NO_EXPECT',
      raw.head,
      'a verify step must say what it expects',
      'add expect, such as expect: result.active',
    );
  }
  const risk = ownModifier(raw, 'risk')?.value;
  if (
    risk?.kind === 'scalar' &&
    RISKS.findIndex((name) => name === risk.text) < RISKS.indexOf(action.risk) &&
    RISKS.some((name) => name === risk.text)
  ) {
    report.error(
      'E_RISK',
      risk.at,
      `${action.name} has the risk ${action.risk}: a runbook may only raise it`,
      `remove it, or write ${action.risk} or more`,
    );
  }
}

function checkEffect(raw: RawStep, action: Action, { report }: RunbookContext): void {
  const written = ownModifier(raw, 'effect');
  const reading = raw.phase === 'diagnose' || raw.phase === 'verify';
  if (written !== undefined && !isOpen(action)) {
    report.error(
      'E_EFFECT',
      written.key,
      `effect is for command, shell and script; ${action.name} ${action.effect}`,
      'remove it',
    );
  }
  if (!reading || effectOf(raw, action) === 'reads') return;
  const hint = isOpen(action) ? 'if it changes nothing, add effect: reads' : 'move it to fix';
  report.error(
    'E_EFFECT',
    raw.action?.entry.key ?? raw.head,
    `${action.name} changes the host, and ${raw.phase} only reads`,
    hint,
  );
}

/** Keys that mean something in some phases only. */
const PHASES_OF: Readonly<Record<string, readonly string[]>> = {
  for: ['fix'],
  retest: ['fix'],
  on_failure: ['fix', 'rollback'],
  undo: ['fix'],
  once: ['fix'],
  tags: ['fix'],
};

function checkPhaseKeys(raw: RawStep): void {
  for (const [key, phases] of Object.entries(PHASES_OF)) {
    const entry = modifier(raw, key);
    if (entry === undefined || phases.includes(raw.phase)) continue;
    const where = raw.phase === 'rollback' ? 'a step of undo or rollback' : `a step of ${raw.phase}`;
    entry.frame.report.error(
      'E_UNKNOWN_KEY',
      entry.key,
      `${where} cannot have ${key}`,
      `it belongs in a step of ${phases.join(' or ')}`,
    );
  }
}

function checkFor(raw: RawStep, { findings }: RunbookContext): void {
  const entry = modifier(raw, 'for');
  if (entry === undefined) return reportNoFor(raw, namedExample(findings));
  const { report } = entry.frame;
  const nodes = entry.value.kind === 'list' ? entry.value.items : [entry.value];
  for (const node of nodes) {
    if (node.kind !== 'scalar') continue;
    const severity = findings.get(node.text);
    if (severity === undefined) {
      const near = suggest(node.text, findings.keys());
      const all = findings.size === 0 ? 'declare it under findings' : `there are ${[...findings.keys()].join(', ')}`;
      const hint = near === undefined ? all : `did you mean ${near}?`;
      report.error('E_REF', node.at, `there is no finding ${node.text.slice(0, 80)}`, hint);
    } else if (severity !== 'problem') {
      const why =
        severity === 'info' ? 'changes no outcome, so nothing fixes it' : 'blocks every fix, so nothing fixes it';
      report.error(
        'E_FOR',
        node.at,
        `${node.text} has the severity ${severity}: it ${why}`,
        'give it the severity problem, or remove it here',
      );
    }
  }
}

function namedExample(findings: RunbookContext['findings']): string {
  const [fixable] = [...findings].find(([, severity]) => severity === 'problem') ?? [];
  return fixable ?? 'the name of a finding';
}

/** A fragment cannot say it: its include must. */
function reportNoFor({ frame, head, groups }: RawStep, example: string): void {
  const outermost = groups.find(({ enters }) => enters !== undefined);
  const [what, at] = outermost === undefined ? ['a fix step', head] : ['an include in fix', headOf(outermost.node)];
  const { report } = outermost?.frame ?? frame;
  report.error('E_NO_FOR', at, `${what} must say which findings it is for`, `add for: ${example}`);
}
