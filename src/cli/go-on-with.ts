import { prepare, type Prepared } from '../app/prepare.ts';
import { openWork, resume, type OpenWork } from '../app/resume.ts';
import {
  compareWithRun,
  openResumableRun,
  whyNotPrepared,
  type ResumableRun,
  type Takeover,
} from '../app/resumable-run.ts';
import { selectionOf } from '../app/saved-plan.ts';
import { stateDirectory, type Site } from '../app/surroundings.ts';
import { because } from '../app/trouble.ts';
import type { ErrorInfo } from '../model/error.ts';
import type { SharedStore } from '../model/shared-store.ts';
import { openSqliteStore } from '../stores/sqlite.ts';
import { attend } from './attend.ts';
import { siteToChange } from './open-site.ts';
import type { ResumeOptions } from './options.ts';
import { printTrouble } from './print-trouble.ts';
import { printWayOn } from './print-way-on.ts';
import { tellOfRun } from './tell.ts';
import type { Terminal } from './terminal.ts';
import { withTypedPasswords } from './typed-password.ts';

/** Which run is gone on with, and how. */
export interface GoOn {
  readonly run: string;
  readonly how: Takeover['how'];
  /** Only these hosts of it. */
  readonly limit?: readonly string[];
  /** Why not; undefined: approved. Nothing was contacted yet. */
  readonly whyNot: (
    work: OpenWork,
    prepared: Prepared,
    of: { readonly runId: string; readonly store: SharedStore },
  ) => Promise<ErrorInfo | undefined>;
}

/** Goes on with a run before the eyes of whoever asked for it; the exit code is that of the whole run. */
export async function goOnWith(work: GoOn, options: ResumeOptions, terminal: Terminal): Promise<number> {
  const site = siteToChange(terminal, options);
  if (!site.ok) return site.error;
  const here = site.value;
  const json = options.json === true;
  const store = openSqliteStore(stateDirectory(here));
  if (!store.ok) return printTrouble(because(store.error), terminal, json);
  try {
    const run = openResumableRun(work.run, { how: work.how, takenOver: options.takenOver === true }, store.value);
    if (!run.ok) return printTrouble(because(run.error), terminal, json);
    return await goOn(run.value, work, store.value, options, here, terminal);
  } finally {
    await store.value.close();
  }
}

async function goOn(
  run: ResumableRun,
  { how, limit, whyNot }: GoOn,
  store: SharedStore,
  options: ResumeOptions,
  here: Site,
  terminal: Terminal,
): Promise<number> {
  const json = options.json === true;
  const checked = await prepare({ ...selectionOf(run.saved, options), mayLack: true }, here);
  if (!checked.ok) return printTrouble(whyNotPrepared(run, how, checked.error), terminal, json);
  const other = compareWithRun(run, how, checked.value);
  if (other !== undefined) return printTrouble(because(other), terminal, json);
  const work = openWork(run, how, checked.value, limit);
  if (!work.ok) return printTrouble(because(work.error), terminal, json);
  const declined = await whyNot(work.value, checked.value, { runId: run.runId, store });
  if (declined !== undefined) return printTrouble(because(declined), terminal, json);
  const prepared = await withTypedPasswords(checked.value, run.saved.selection, terminal);
  if (!prepared.ok) return printTrouble(prepared.error, terminal, json);

  const attending = { prepared: prepared.value, store, options };
  const { ended, view } = await attend(attending, here, terminal, ({ request, parts, view: shown }) => {
    shown.recall(run.events);
    return resume(run, work.value, prepared.value, request, parts);
  });
  if (!ended.ok) return printTrouble(because(ended.error), terminal, json);
  const { plan, finished } = ended.value;
  terminal.out.print(view.result(plan, finished, 'run'));
  printWayOn(run.runId, store, options, terminal);
  await tellOfRun(run.runId, prepared.value, store, options, here, terminal);
  return finished.exitCode;
}
