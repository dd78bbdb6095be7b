import type { FindingReport } from '../model/result.ts';
import type { Json } from '../util/json.ts';
import { labelled, type Page } from './labelled.ts';

const MOST_ITEMS = 8;

/** A finding, the things it is about, and what to do about it. Nothing when it is absent. */
export function renderFinding(finding: FindingReport, page: Page, mostItems = MOST_ITEMS): readonly string[] {
  const { name, state, severity, summary, advice, error = '', items = [], itemKey } = finding;
  if (state === 'absent') return [];
  if (state === 'undetermined') return [labelled(page, 'unknown', `${name}: ${error}`)];
  const evidence = items.length === 0 ? [] : [labelled(page, '', itemsText(items, itemKey, mostItems))];
  const todo = advice === '' ? [] : [labelled(page, '', `→ ${advice}`, 'dim')];
  return [labelled(page, severity === 'info' ? 'note' : 'found', `${name}: ${summary}`), ...evidence, ...todo];
}

/** `id 3, 7, 12 and 5 more`. */
function itemsText(items: readonly Json[], key: string | undefined, most: number): string {
  const names = items.slice(0, most).map((item) => nameOf(item, key));
  const rest = items.length - names.length;
  const list = names.join(', ') + (rest > 0 ? ` and ${rest} more` : '');
  return key === undefined ? list : `${key} ${list}`;
}

function nameOf(item: Json, key: string | undefined): string {
  if (typeof item !== 'object' || item === null) return String(item);
  const named = key === undefined ? undefined : (item as Readonly<Record<string, Json>>)[key];
  return typeof named === 'string' || typeof named === 'number' ? String(named) : JSON.stringify(item);
}
