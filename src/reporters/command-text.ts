import { count } from '../util/count.ts';
import type { Tone } from '../util/style.ts';
import { labelled, MARGIN, type Page } from './labelled.ts';

const MOST_LINES = 12;

/** Of a command for thousands of things only the beginning on a terminal; files and pipes get all of it. */
export function renderCommand(
  page: Page & { readonly verbose: boolean },
  label: string,
  text: string,
  tone?: Tone,
): readonly string[] {
  const room = Math.max(page.columns - MARGIN.length, 1) * MOST_LINES;
  if (page.verbose || text.length <= room) return [labelled(page, label, text, tone)];
  const end = text.lastIndexOf(' ', room);
  const cut = end === -1 ? room : end;
  return [
    labelled(page, label, text.slice(0, cut), tone),
    labelled(page, '', `and ${count(text.length - cut, 'more character')}: -v shows all`, 'dim'),
  ];
}
