import type { Action } from '../model/action.ts';
import type { PhaseName } from '../model/runbook.ts';
import type { SourceFile } from '../model/source.ts';
import { FilesBeside, type ReadBeside } from './files-beside.ts';
import { FragmentFiles } from './fragment-files.ts';
import { Report } from './report.ts';
import type { LoadedRunbook } from './runbook.ts';
import type { RunbookContext } from './runbook/context.ts';
import { readFragmentHeader } from './runbook/fragment-header.ts';
import type { Frame } from './runbook/frame.ts';
import { Identifiers } from './runbook/identifiers.ts';
import { warnOfPatterns } from './runbook/lint.ts';
import { checkPlaintextSecrets } from './runbook/plaintext-secrets.ts';
import { readRawSteps, type RawStep } from './runbook/raw-step.ts';
import { isChanging } from './runbook/step-rules.ts';
import { readStep } from './runbook/step.ts';
import { RunbookTypes, type Extras } from './runbook/types.ts';
import { checkStructure } from './structure.ts';
import { readDocument } from './yaml.ts';
import type { YamlMap } from './yaml/node.ts';

/** Does the file say that it is a fragment, right or wrong? */
export function isFragment(source: SourceFile): boolean {
  const root = readDocument(new Report(source));
  return root?.kind === 'map' && root.entries.has('fragment') && !root.entries.has('runbook');
}

/**
 * Checks a fragment by itself, as far as no include says more: what `item`, `result` and findings are is known only there, and in
 * which phase its steps have to be right. Pure; `actions` and `readBeside` as for a runbook.
 */
export function lintFragment(
  source: SourceFile,
  actions: ReadonlyMap<string, Action>,
  readBeside: ReadBeside,
): Omit<LoadedRunbook, 'runbook'> {
  const report = new Report(source);
  const root = readDocument(report);
  if (root?.kind !== 'map' || !checkStructure(root, actions, report, 'fragment'))
    return { diagnostics: report.diagnostics, others: [] };
  checkPlaintextSecrets(root, report);
  const as = (phase: PhaseName, into: Report): Alone => readAlone(root, phase, into, { actions, readBeside });
  const isFix = as('verify', new Report(source)).steps.some(isChanging);
  const { files, fragments } = checkSteps(root, as(isFix ? 'fix' : 'verify', report));
  return {
    diagnostics: [...report.diagnostics, ...fragments.diagnostics, ...files.diagnostics],
    others: [...fragments.sources, ...files.sources],
  };
}

/** The steps of a fragment as if its file were a runbook. */
interface Alone {
  readonly steps: readonly RawStep[];
  readonly frame: Frame;
  readonly files: FilesBeside;
  readonly fragments: FragmentFiles;
}

function readAlone(
  root: YamlMap,
  phase: PhaseName,
  report: Report,
  { actions, readBeside }: { readonly actions: ReadonlyMap<string, Action>; readonly readBeside: ReadBeside },
): Alone {
  const files = new FilesBeside(readBeside);
  const fragments = new FragmentFiles(report.source.file, actions);
  const identifiers = new Identifiers(report);
  const frame: Frame = { kind: 'fragment', report, files, identifiers, names: new Map(), includes: new Map() };
  const list = root.entries.get('steps')?.value;
  return { steps: readRawSteps(list, phase, 'steps', frame, { actions, fragments }), frame, files, fragments };
}

/** Any include may stand in a loop or in an undo. */
const ANYWHERE: Extras = { item: { kind: 'unknown' }, result: { kind: 'unknown' } };

function checkSteps(root: YamlMap, alone: Alone): Alone {
  const { steps, frame, files } = alone;
  const { report } = frame;
  const raw = steps.flatMap((step) => [step, ...step.undo]);
  const fragment = readFragmentHeader(root, report);
  const types = new RunbookTypes(fragment?.params ?? [], fragment?.broken ?? new Set(), frame, raw);
  types.leaveFindingsOpen();
  types.setInputs(new Map());
  const context: RunbookContext = {
    ...{ report, types, files, become: false, findings: new Map(), raw, isFragment: true },
    ...{ groupLoops: new Map(), entered: new Map() },
  };
  for (const [index, step] of steps.entries())
    readStep({ raw: step, visible: steps.slice(0, index) }, context, ANYWHERE);
  warnOfPatterns(raw);
  return alone;
}
