import type { Action } from '../model/action.ts';
import type { Condition } from '../model/expression.ts';
import type { Runbook, Step } from '../model/runbook.ts';
import type { Diagnostic, SourceFile } from '../model/source.ts';
import { readCondition } from './conditions.ts';
import { FilesBeside, type ReadBeside } from './files-beside.ts';
import { FragmentFiles } from './fragment-files.ts';
import { err } from '../util/result.ts';
import type { Place } from './place.ts';
import { Report } from './report.ts';
import { readBecome } from './runbook/become.ts';
import type { RunbookContext } from './runbook/context.ts';
import { inferFindings, readFinding, readRawFindings } from './runbook/findings.ts';
import { readHeader } from './runbook/header.ts';
import { Identifiers } from './runbook/identifiers.ts';
import { readLimits } from './runbook/limits.ts';
import { lintFindings, warnOfHarderSteps, warnOfPatterns, warnOfUnusedSteps } from './runbook/lint.ts';
import { checkPlaintextSecrets } from './runbook/plaintext-secrets.ts';
import { readParams } from './runbook/params.ts';
import type { Frame } from './runbook/frame.ts';
import { readRawSteps, type RawContext, type RawStep } from './runbook/raw-step.ts';
import { readStep } from './runbook/step.ts';
import { RunbookTypes } from './runbook/types.ts';
import { readVerify, verifyStepsOf } from './runbook/verify.ts';
import { checkStructure } from './structure.ts';
import { readDocument } from './yaml.ts';
import { headOf, type YamlMap, type YamlNode } from './yaml/node.ts';

export interface LoadedRunbook {
  /** Absent when there is an error. */
  readonly runbook?: Runbook;
  /** Everything that is wrong with the file, in its order, then with its fragments, and then with templates; warnings too. */
  readonly diagnostics: readonly Diagnostic[];
  /** Its fragments, and the templates with something wrong in them. */
  readonly others: readonly SourceFile[];
}

/**
 * Checks a runbook file as `lint` does: structure, names, the type of every expression, and the rules of its phases. Pure; never
 * throws for what a file holds. `actions` is by name; the same map should be passed each time, for what is made from it is kept.
 * `readBeside` reads the files that steps name; without it they are refused.
 */
export function loadRunbook(
  source: SourceFile,
  actions: ReadonlyMap<string, Action>,
  readBeside: ReadBeside = refuseFiles,
): LoadedRunbook {
  const report = new Report(source);
  const root = readDocument(report);
  if (root === undefined) return { diagnostics: report.diagnostics, others: [] };
  const fragment = root.kind === 'map' && !root.entries.has('runbook') ? root.entries.get('fragment') : undefined;
  if (fragment !== undefined) {
    const hint = 'include it in a runbook; runbook lint checks it by itself';
    report.error('E_FRAGMENT', fragment.key, 'this is a fragment, not a runbook', hint);
    return { diagnostics: report.diagnostics, others: [] };
  }
  const structure = new Report(source);
  const sound = checkStructure(root, actions, structure, 'runbook');
  const meaning = new Report(source);
  const files = new FilesBeside(readBeside);
  const fragments = new FragmentFiles(source.file, actions);
  const runbook = root.kind === 'map' ? readRunbook(root, { actions, fragments }, files, meaning) : undefined;
  // What follows from a value that was refused, or from steps that are missing, is not reported again.
  const whole = !report.failed && sound && !fragments.isMissingSteps;
  const told = new Set(structure.diagnostics.map(({ at }) => at.start.offset));
  const later = meaning.diagnostics.filter(({ at }) => !told.has(at.start.offset));
  report.adopt([...structure.diagnostics, ...(whole ? later : later.filter(isNoConsequence))]);
  const elsewhere = [...fragments.diagnostics, ...files.diagnostics];
  const failed = report.failed || elsewhere.some(({ severity }) => severity === 'error');
  if (runbook === undefined && !failed)
    report.error(
      'E_STRUCTURE',
      headOf(root),
      'the runbook cannot be read',
      'please report this file as a mistake of runbook itself',
    );
  return {
    ...(runbook !== undefined && !failed && { runbook }),
    diagnostics: [...report.diagnostics, ...elsewhere],
    others: [...fragments.sources, ...files.sources],
  };
}

const refuseFiles: ReadBeside = () =>
  err({ code: 'E_READ', message: 'this runbook is in no folder', hint: 'save it as a file, and this file beside it' });

/** A missing name or part may be the one that was refused before. */
const CONSEQUENCES: ReadonlySet<string> = new Set([
  ...[
    'E_REQUIRED',
    'E_REF',
    'E_FIELD',
    'E_FOR',
    'E_EMPTY_STEPS',
    'E_NO_VERIFY',
    'E_NO_FIX',
    'E_NO_ADVICE',
    'E_NO_UNDO',
    'E_NO_EXPECT',
  ],
  ...['E_NO_FOR', 'E_NO_ACTION', 'E_EFFECT'],
]);

function isNoConsequence({ code, severity }: Diagnostic): boolean {
  return severity === 'error' && !CONSEQUENCES.has(code);
}

/** Every step is checked with all names before it: a hostile file could hold enough of them to keep lint busy for minutes. */
const MAX_STEPS = 500;

interface RawRunbook {
  readonly diagnose: readonly RawStep[];
  readonly fix: readonly RawStep[];
  readonly verify: readonly RawStep[];
  readonly rollback: readonly RawStep[];
}

function readRunbook(root: YamlMap, taken: RawContext, files: FilesBeside, report: Report): Runbook | undefined {
  const header = readHeader(root, report);
  const { params, broken } = readParams(valueOf(root, 'params'), report);
  const limits = readLimits(valueOf(root, 'limits'), report);
  const identifiers = new Identifiers(report);
  const frame: Frame = { kind: 'runbook', report, files, identifiers, names: new Map(), includes: new Map() };
  const raw = readAllSteps(root, frame, taken);
  const rawFindings = readRawFindings(valueOf(root, 'findings'), identifiers);
  const all = [...raw.diagnose, ...raw.fix, ...raw.verify, ...raw.rollback].flatMap((step) => [step, ...step.undo]);
  const tooMany = all[MAX_STEPS];
  if (tooMany !== undefined) {
    tooMany.frame.report.error('E_SIZE', tooMany.head, `more than ${MAX_STEPS} steps`, 'make several runbooks of it');
    return undefined;
  }
  const types = new RunbookTypes(params, broken, frame, all);
  inferFindings(rawFindings, raw.diagnose, types, report);
  const severities = new Map(rawFindings.map(({ name, severity }) => [name, severity]));
  const become = readBecome(valueOf(root, 'become'), report) ?? false;
  const context: RunbookContext = {
    ...{ report, types, files, become, findings: severities, raw: all },
    ...{ groupLoops: new Map(), entered: new Map() },
  };

  const diagnose = readSteps(raw.diagnose, [], context);
  const applies = readApplies(root, raw.diagnose, types, report);
  const findings = rawFindings.map((finding, index) =>
    readFinding(finding, rawFindings.slice(0, index), raw.diagnose, types, report),
  );
  const fix = readSteps(raw.fix, raw.diagnose, context);
  const before = [...raw.diagnose, ...raw.fix];
  const verifySteps = readSteps(raw.verify, before, context);
  const verifyNode = valueOf(root, 'verify');
  const verify = verifyNode === undefined ? undefined : readVerify(verifyNode, verifySteps, before, context);
  const rollback = readSteps(raw.rollback, [...before, ...raw.verify], context);
  checkPhases(root, report);
  lintFindings(rawFindings, raw.fix, report);
  checkPlaintextSecrets(root, report);
  // Whatever was left out has been reported; if not, the file must not pass for that reason alone.
  const complete =
    diagnose.length === raw.diagnose.length &&
    fix.length === raw.fix.length &&
    verifySteps.length === raw.verify.length &&
    rollback.length === raw.rollback.length;
  if (
    report.failed ||
    taken.fragments.failed ||
    header === undefined ||
    !complete ||
    !findings.every((finding) => finding !== undefined)
  )
    return undefined;
  const runbook: Runbook = {
    ...header,
    become,
    params,
    diagnose,
    ...(applies !== undefined && { applies }),
    findings,
    fix,
    ...(verify !== undefined && { verify }),
    rollback,
    limits,
    file: report.source.file,
    sha256: files.sha256With(report.source.text),
  };
  warnOfUnusedSteps(raw.diagnose, runbook);
  warnOfHarderSteps(fix, raw.fix);
  warnOfPatterns(all);
  return runbook;
}

function readAllSteps(root: YamlMap, frame: Frame, taken: RawContext): RawRunbook {
  const verify = verifyStepsOf(valueOf(root, 'verify'));
  return {
    diagnose: readRawSteps(valueOf(root, 'diagnose'), 'diagnose', 'diagnose', frame, taken),
    fix: readRawSteps(valueOf(root, 'fix'), 'fix', 'fix', frame, taken),
    verify: readRawSteps(verify.list, 'verify', verify.path, frame, taken),
    rollback: readRawSteps(valueOf(root, 'rollback'), 'rollback', 'rollback', frame, taken),
  };
}

/** Each step sees the results of those before it. */
function readSteps(raw: readonly RawStep[], before: readonly RawStep[], context: RunbookContext): readonly Step[] {
  return raw
    .map((step, index) => readStep({ raw: step, visible: [...before, ...raw.slice(0, index)] }, context))
    .filter((step) => step !== undefined);
}

function readApplies(
  root: YamlMap,
  diagnose: readonly RawStep[],
  types: RunbookTypes,
  report: Report,
): Condition | undefined {
  const node = valueOf(root, 'applies');
  const place: Place = { typed: types.scope(diagnose, undefined), report, phase: 'diagnose' };
  return node === undefined ? undefined : readCondition(node, 'applies', place);
}

function checkPhases(root: YamlMap, report: Report): void {
  const fix = root.entries.get('fix');
  const verify = root.entries.get('verify');
  const rollback = root.entries.get('rollback');
  if (fix !== undefined && verify === undefined) {
    report.error(
      'E_NO_VERIFY',
      fix.key,
      'a runbook that fixes must prove it',
      'add verify: with steps that have expect',
    );
  }
  if (fix === undefined && verify !== undefined) {
    report.error(
      'E_NO_FIX',
      verify.key,
      'there is no fix whose success verify could prove',
      'add fix, or remove verify',
    );
  }
  if (fix === undefined && rollback !== undefined)
    report.error('E_NO_FIX', rollback.key, 'there is no fix that rollback could follow', 'add fix, or remove rollback');
}

function valueOf(root: YamlMap, key: string): YamlNode | undefined {
  return root.entries.get(key)?.value;
}
