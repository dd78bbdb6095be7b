import { secretsOf } from '../../execute/record/secrets-of.ts';
import type { Case } from '../../model/case.ts';
import type { Runbook } from '../../model/runbook.ts';
import type { Recording } from '../../transports/recording.ts';
import { Redactor } from '../../util/redact.ts';
import { err, ok, type Result } from '../../util/result.ts';
import { ACTIONS } from '../actions.ts';
import { prepareRunbook, type Prepared } from '../prepare.ts';
import { caseRunbook, withActions } from './case-runbook.ts';
import type { ShellPlace } from './fault-shell.ts';

export interface CaseOnHost {
  readonly runbook: Runbook;
  readonly one: Case;
  readonly place: ShellPlace;
  /** Keeps what the host says. */
  readonly recording?: Recording;
}

/** What a case is to be run with on a real host; nothing has been contacted. The error is what is wrong with it. */
export async function prepareCase({
  runbook,
  one,
  place,
  recording,
}: CaseOnHost): Promise<Result<Prepared, readonly string[]>> {
  const made = caseRunbook(runbook, one, ACTIONS);
  const kept = recording === undefined ? made : withActions(made, (action) => recording.wrapAction(action));
  const selection = { ...place.selection, names: [place.host], runbook: runbook.name, params: [] };
  const opened = ok({ value: kept, sources: [], warnings: [] });
  const prepared = await prepareRunbook(opened, selection, place.here, one.params);
  if (!prepared.ok) {
    const { errors, diagnostics } = prepared.error;
    return err([...errors, ...diagnostics].map(({ message }) => message));
  }
  const spared = prepared.value.delegates.filter(({ host }) => !place.isDisposable(host.name));
  if (spared.length === 0) return prepared;
  const names = spared.map(({ host }) => host.name).join(', ');
  return err([`a step is delegated to ${names}, which does not say runbook_disposable: true in the inventory`]);
}

/** Masks the secrets of cases, also in what a text of theirs printed that was not given one: the host may have it from before. */
export const redactorOf = (prepared: readonly Prepared[]): Redactor =>
  new Redactor(prepared.flatMap(({ hosts, delegates }) => secretsOf([...hosts, ...delegates])));
