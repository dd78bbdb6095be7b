import type { VariableOrigin } from '../model/inventory.ts';
import { foldNames } from './fold-names.ts';
import { plainJson } from './inventory-json.ts';
import { placeOf, valueText } from './inventory-text.ts';
import { paragraph, type Paper } from './text.ts';

export interface VariableOfHost {
  readonly host: string;
  readonly value: unknown;
  /** The strongest first: it gives the value, the others are covered. */
  readonly origins: readonly VariableOrigin[];
}

interface Layout {
  readonly paper: Paper;
  readonly directory: string;
  /** Also what is covered. */
  readonly explain: boolean;
}

/** One variable: each value that it has, the place that gives it, and the hosts that have it from there. */
export function renderVariable(name: string, found: readonly VariableOfHost[], layout: Layout): string {
  const { paper } = layout;
  const alike = new Map<string, { readonly lines: readonly string[]; readonly hosts: string[] }>();
  for (const each of found) {
    const lines = linesOf(each, layout);
    const key = lines.join('\n');
    const known = alike.get(key);
    if (known === undefined) alike.set(key, { lines, hosts: [each.host] });
    else known.hosts.push(each.host);
  }
  const blocks = [...alike.values()].map(
    ({ lines, hosts }) => `${lines.join('\n')}\n${paragraph(`on ${foldNames(hosts)}`, '      ', paper)}\n`,
  );
  return `${paper.style('strong', name)}\n${blocks.join('')}`;
}

function linesOf({ value, origins }: VariableOfHost, { paper, directory, explain }: Layout): readonly string[] {
  const place = (origin: VariableOrigin): string =>
    origin.at === undefined ? origin.place : `${origin.place}, ${placeOf(origin.at, directory)}`;
  const [first, ...covered] = origins;
  return [
    `  ${paper.style('accent', valueText(value))}`,
    ...(first === undefined ? [] : [paragraph(`from ${place(first)}`, '      ', paper)]),
    ...(explain ? covered : []).map((each) =>
      paragraph(`covers ${valueText(each.value)} of ${place(each)}`, '      ', paper),
    ),
  ];
}

/** One line: the value on one host, with all places from the strongest on. */
export function variableAsJson(name: string, { host, value, origins }: VariableOfHost): string {
  const places = origins.map(({ place, value: own, at }) => ({
    place,
    value: plainJson(own),
    ...(at !== undefined && { file: at.file, line: at.start.line }),
  }));
  return JSON.stringify({ host, variable: name, value: plainJson(value), origins: places });
}
