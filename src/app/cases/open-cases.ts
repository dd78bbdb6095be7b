import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadCases } from '../../load/cases/cases.ts';
import { loadEvidence } from '../../load/cases/evidence.ts';
import { loadFaults } from '../../load/cases/faults.ts';
import type { Case, Faults } from '../../model/case.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { Runbook } from '../../model/runbook.ts';
import { err, ok, type Result } from '../../util/result.ts';
import { openRunbook, openSource, type Opened } from '../open-files.ts';
import { because, together, type Trouble } from '../trouble.ts';

/** A runbook with what lies beside it to test it. */
export interface RunbookCases {
  readonly runbook: Runbook;
  /** As it was found. */
  readonly path: string;
  readonly folder: string;
  readonly faults: Faults;
  readonly cases: readonly Case[];
}

/** `runbooks/disk-full.test` of `runbooks/disk-full.yaml`. */
const casesFolder = (runbookPath: string): string => `${runbookPath.replace(/\.ya?ml$/, '')}.test`;

export const hasCases = (runbookPath: string): boolean => existsSync(join(casesFolder(runbookPath), 'cases.yaml'));

/** Reads and checks a runbook, its faults and its cases. All that is wrong is told at once. */
export function openCases(path: string): Result<Opened<RunbookCases>, Trouble> {
  const folder = casesFolder(path);
  const runbook = openRunbook(path);
  if (!hasCases(path)) return err(runbook.ok ? because(noCases(folder)) : runbook.error);
  const faultsFile = join(folder, 'faults.yaml');
  const faults = existsSync(faultsFile)
    ? openSource(faultsFile, (source) => {
        const { faults: value, diagnostics } = loadFaults(source);
        return { value, diagnostics };
      })
    : ok({ value: { faults: [] }, sources: [], warnings: [] });
  if (!runbook.ok || !faults.ok) {
    return err(together(...[runbook, faults].flatMap((file) => (file.ok ? [] : [file.error]))));
  }
  const cases = openSource(join(folder, 'cases.yaml'), (source) => {
    const context = { runbook: runbook.value.value, faults: faults.value.value.faults };
    const { cases: value, diagnostics } = loadCases(source, context);
    return { value, diagnostics };
  });
  if (!cases.ok) return cases;
  const files = [runbook.value, faults.value, cases.value];
  return ok({
    value: {
      runbook: runbook.value.value,
      path,
      folder,
      faults: faults.value.value,
      cases: cases.value.value,
    },
    sources: files.flatMap(({ sources }) => sources),
    warnings: files.flatMap(({ warnings }) => warnings),
  });
}

const noCases = (folder: string) =>
  ({
    code: 'usage',
    message: `there is no ${join(folder, 'cases.yaml')}`,
    hint: 'write one: docs/testing-runbooks.md says how',
  }) as const;

export const evidencePath = ({ folder }: Pick<RunbookCases, 'folder'>, { name }: Pick<Case, 'name'>): string =>
  join(folder, 'evidence', `${name}.yaml`);

/** What a real host said in the case; undefined when nobody recorded it. */
export function openEvidence(cases: RunbookCases, one: Case): Result<Evidence | undefined, Trouble> {
  const file = evidencePath(cases, one);
  if (!existsSync(file)) return ok(undefined);
  const of = { runbook: cases.runbook.name, case: one.name };
  const opened = openSource(file, (source) => {
    const { evidence, diagnostics } = loadEvidence(source, of);
    return { value: evidence, diagnostics };
  });
  if (opened.ok) return ok(opened.value.value);
  // Whatever is wrong with it, a program wrote it and can do so again.
  const hint = `record it anew: ${recordCommand(cases, one)}`;
  return err({ ...opened.error, diagnostics: opened.error.diagnostics.map((each) => ({ ...each, hint })) });
}

export const recordCommand = ({ runbook }: RunbookCases, { name }: Case): string =>
  `runbook record ${runbook.name} ${name} --on HOST`;
