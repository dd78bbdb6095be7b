import type { ShownEntry } from '../app/shown-entries.ts';
import type { ShownSetting } from '../app/shown-settings.ts';
import type { ShownValue } from '../app/shown-value.ts';
import type { Json } from '../util/json.ts';
import { placeOf, valueText } from './inventory-text.ts';
import { entry, nameWidth, paragraph, section, type Paper } from './text.ts';

/** What holds of a configuration, to be shown. */
export interface ShownConfiguration {
  /** The strongest first. */
  readonly files: readonly { readonly file: string; readonly isSite: boolean; readonly isThere: boolean }[];
  readonly settings: readonly ShownSetting[];
  /** Where runbooks are looked for by name, the first that has one wins. */
  readonly runbooks: readonly ShownValue[];
  readonly policy: readonly ShownEntry[];
  readonly schedules: readonly ShownEntry[];
  readonly notify: readonly ShownEntry[];
}

interface Layout {
  readonly paper: Paper;
  readonly directory: string;
  /** Also where each value comes from. */
  readonly explain: boolean;
}

export function renderConfiguration(shown: ShownConfiguration, layout: Layout): string {
  const { paper } = layout;
  const width = nameWidth(shown.settings.map(({ key }) => key));
  const files = shown.files.map(({ file, isSite, isThere }) => {
    const whose = isSite ? "the site's" : 'yours';
    return paragraph(`${file}  (${whose}${isThere ? '' : ', not there'})`, '  ', paper);
  });
  const settings = shown.settings.flatMap((setting) => [
    entry(setting.key, width, flow(setting.value), paper),
    ...comesFrom(setting, layout),
    ...(layout.explain ? setting.covers : []).map((each) => origin(`covers ${flow(each.value)} of`, each, layout)),
  ]);
  const runbooks = shown.runbooks.flatMap((each) => [
    paragraph(flow(each.value), '  ', paper),
    ...comesFrom(each, layout),
  ]);
  return [
    section('Files, the strongest first', files, paper).trimStart(),
    section('Settings', settings, paper),
    section('Runbooks are looked for in', runbooks, paper),
    section('Policy', entriesText(shown.policy, layout), paper),
    section('Schedules', entriesText(shown.schedules, layout), paper),
    section('Notifications', entriesText(shown.notify, layout), paper),
  ].join('');
}

function entriesText(entries: readonly ShownEntry[], layout: Layout): readonly string[] {
  const { paper } = layout;
  return entries.flatMap(({ name, value, at }) => [
    paragraph(paper.style('accent', name), '  ', paper),
    ...Object.entries(value).map(([key, member]) => paragraph(`${key}: ${flow(member)}`, '      ', paper)),
    ...(layout.explain ? [paragraph(`from ${placeOf(at, layout.directory)}`, '      ', paper)] : []),
  ]);
}

const comesFrom = (value: ShownValue, layout: Layout): readonly string[] =>
  layout.explain ? [origin('from', value, layout)] : [];

function origin(word: string, { from, at }: ShownValue, { paper, directory }: Layout): string {
  return paragraph(`${word} ${at === undefined ? from : placeOf(at, directory)}`, '      ', paper);
}

/** As YAML would have it on one line. */
function flow(value: Json): string {
  if (typeof value !== 'object' || value === null) return valueText(value);
  if (Array.isArray(value)) return value.length === 1 ? flow(value[0] as Json) : `[${value.map(flow).join(', ')}]`;
  const members = Object.entries(value).map(([key, member]) => `${key}: ${flow(member)}`);
  return `{ ${members.join(', ')} }`;
}

/** One object: by key what holds, where it comes from, and what it covers. */
export function configurationAsJson({ files, settings, runbooks, ...entries }: ShownConfiguration): string {
  const place = ({ value, from, at }: ShownValue) => ({
    value,
    from,
    ...(at !== undefined && { line: at.start.line }),
  });
  const list = (all: readonly ShownEntry[]) =>
    all.map(({ name, value, at }) => ({ name, ...value, from: at.file, line: at.start.line }));
  return JSON.stringify({
    files,
    settings: Object.fromEntries(
      settings.map((setting) => [setting.key, { ...place(setting), covers: setting.covers.map(place) }]),
    ),
    runbooks: runbooks.map(place),
    policy: list(entries.policy),
    schedules: list(entries.schedules),
    notify: list(entries.notify),
  });
}
