import { hasCases, openCases, type RunbookCases } from '../app/cases/open-cases.ts';
import { findRunbook, findRunbooks } from '../app/find-runbook.ts';
import type { Site } from '../app/surroundings.ts';
import { because, together, type Trouble } from '../app/trouble.ts';
import type { Case } from '../model/case.ts';
import { err, ok, type Result } from '../util/result.ts';
import { suggest } from '../util/suggest.ts';

/** The cases that a command is about. */
export interface ChosenCases {
  readonly of: RunbookCases;
  readonly cases: readonly Case[];
}

/** Of runbooks by name or path; of none: all in ./runbooks that have cases. `only`: the one case of that name. */
export function chooseCases(
  names: readonly string[],
  only: string | undefined,
  here: Site,
): Result<readonly ChosenCases[], Trouble> {
  const paths = pathsOf(names, here);
  if (!paths.ok) return paths;
  const opened = paths.value.map(openCases);
  const wrong = opened.flatMap((each) => (each.ok ? [] : [each.error]));
  if (wrong.length > 0) return err(together(...wrong));
  const all = opened.flatMap((each) => (each.ok ? [each.value] : []));
  const chosen = all.map(({ value }) => {
    return { of: value, cases: value.cases.filter(({ name }) => only === undefined || name === only) };
  });
  if (only === undefined || chosen.some(({ cases }) => cases.length > 0)) return ok(chosen);
  const known = [...new Set(all.flatMap(({ value }) => value.cases.map(({ name }) => name)))];
  const near = suggest(only, known);
  const hint = near === undefined ? `there are ${known.join(', ')}` : `did you mean ${near}?`;
  return err(because({ code: 'usage', message: `there is no case ${JSON.stringify(only)}`, hint }));
}

function pathsOf(names: readonly string[], here: Site): Result<readonly string[], Trouble> {
  if (names.length > 0) {
    const found = [...new Set(names)].map((name) => findRunbook(name, here));
    const unknown = found.flatMap((path) => (path.ok ? [] : [because(path.error)]));
    return unknown.length > 0 ? err(together(...unknown)) : ok(found.flatMap((path) => (path.ok ? [path.value] : [])));
  }
  const own = findRunbooks(here).filter(({ origin, path }) => origin === './runbooks' && hasCases(path));
  if (own.length > 0) return ok(own.map(({ path }) => path));
  const message = 'no runbook in ./runbooks has cases';
  return err(
    because({
      code: 'usage',
      message,
      hint: 'name one: runbook test NAME; docs/testing-runbooks.md says how to write cases',
    }),
  );
}
