import { defaultOf, ownLimits, SEVERITY_WORDS, undoOf } from '../app/describe-runbook.ts';
import type { Finding, Param, Runbook, Step } from '../model/runbook.ts';
import { typeName } from '../model/type-name.ts';
import { count } from '../util/count.ts';
import { entry, markdown, nameWidth, paragraph, section, type Paper } from './text.ts';

/** What a runbook looks for, what it would do about it, and how it proves that: for the person who is about to run it. */
export function renderRunbook(runbook: Runbook, paper: Paper): string {
  const { style } = paper;
  const facts = [
    ['hosts', runbook.hosts ?? 'none of its own: give --hosts or --limit'],
    [
      'becomes',
      runbook.become === false
        ? 'nobody: it runs as the login user'
        : runbook.become === true
          ? 'root'
          : runbook.become,
    ],
    ['file', `${runbook.file} (sha256 ${runbook.sha256.slice(0, 12)})`],
  ] as const;
  return [
    `${style('strong', runbook.name)}\n${paragraph(runbook.summary, '  ', paper)}\n`,
    runbook.description === undefined ? '' : `\n${markdown(runbook.description, '  ', paper)}\n`,
    '\n',
    ...facts.map(([name, text]) => `${entry(name, 8, text, paper)}\n`),
    section(
      'Params',
      named(runbook.params, (param) => [param.name, paramText(param)], paper),
      paper,
    ),
    section('Diagnose', stepLines(runbook.diagnose, runbook, paper), paper),
    section(
      'Findings',
      named(runbook.findings, (finding) => [finding.name, findingText(finding)], paper),
      paper,
    ),
    section('Fix', stepLines(runbook.fix, runbook, paper), paper),
    section(verifyTitle(runbook), stepLines(runbook.verify?.steps ?? [], runbook, paper), paper),
    section('Rollback', stepLines(runbook.rollback, runbook, paper), paper),
    section('Limits', limitLines(runbook, paper), paper),
  ].join('');
}

/** One line of JSON: what `renderRunbook` tells. */
export function runbookAsJson(runbook: Runbook): string {
  const { name, summary, description, hosts, become, file, sha256 } = runbook;
  const steps = [...runbook.diagnose, ...runbook.fix, ...(runbook.verify?.steps ?? []), ...runbook.rollback];
  return JSON.stringify({
    name,
    summary,
    description,
    hosts,
    become,
    file,
    sha256,
    params: runbook.params.map((param) => ({ ...param, at: undefined })),
    findings: runbook.findings.map((finding) => ({
      name: finding.name,
      severity: finding.severity,
      when: finding.when.source,
      summary: finding.summary.source,
      advice: finding.advice?.source,
    })),
    steps: steps.map((step) => ({
      id: step.id,
      phase: step.phase,
      name: step.name.source,
      action: step.action.name,
      effect: step.effect,
      risk: step.risk,
      for: step.for.length > 0 ? step.for : undefined,
      tags: step.tags.length > 0 ? step.tags : undefined,
      file: step.at.file === file ? undefined : step.at.file,
    })),
  });
}

function named<T>(
  things: readonly T[],
  describe: (thing: T) => readonly [name: string, text: string],
  paper: Paper,
): readonly string[] {
  const rows = things.map(describe);
  const width = nameWidth(rows.map(([name]) => name));
  return rows.map(([name, text]) => entry(name, width, text, paper));
}

function paramText(param: Param): string {
  const { type, description } = param;
  const value = defaultOf(param);
  const given = value === undefined ? 'required' : `default ${value}`;
  return `${typeName(type)}, ${given}${description === undefined ? '' : `. ${description}`}`;
}

function findingText({ severity, when, summary, advice }: Finding): string {
  const meaning = SEVERITY_WORDS[severity];
  return [
    `${summary.source}${meaning === '' ? '' : ` (${meaning})`}`,
    `when ${when.source}`,
    ...(advice === undefined ? [] : [`→ ${advice.source}`]),
  ].join('\n');
}

function stepLines(all: readonly Step[], runbook: Runbook, paper: Paper): readonly string[] {
  return named(all, (step) => [step.id, stepText(step, runbook)], paper);
}

function stepText(step: Step, { file }: Runbook): string {
  const { name, action, risk, for: serves, when, expect, until } = step;
  const title = name.source === action.name ? action.summary : name.source;
  const served = serves.length === 0 ? '' : `for ${serves.join(', ')}`;
  const terms = [action.name, risk === 'none' ? '' : risk, served, undoOf(step)];
  const loops = [...step.groupLoops.map(({ list }) => list), ...(step.loop === undefined ? [] : [step.loop])];
  return [
    title,
    terms.filter((term) => term !== '').join(' · '),
    ...(step.at.file === file ? [] : [`from ${step.at.file}:${step.at.start.line}`]),
    ...(step.tags.length === 0 ? [] : [`tags ${step.tags.join(', ')}`]),
    ...loops.map((list) => `for each of ${list.source}`),
    ...when.map((condition) => `when ${condition.source}`),
    ...(until === undefined
      ? []
      : [`until ${until.condition.source}, tried again up to ${count(until.retries, 'time')}`]),
    ...expect.map((condition) => `expects ${condition.source}`),
  ].join('\n');
}

/** What it leaves to the defaults is said by the page on limits, and not here. */
function limitLines({ limits, fix }: Runbook, paper: Paper): readonly string[] {
  if (fix.length === 0) return [];
  return ownLimits(limits).map((sentence) => paragraph(sentence.replaceAll('`', ''), '  ', paper));
}

function verifyTitle({ verify }: Runbook): string {
  return verify === undefined ? 'Verify' : `Verify (must hold for ${verify.soak.source.replaceAll('"', '')})`;
}
