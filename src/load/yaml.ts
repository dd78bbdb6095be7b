import { parseEvents, YAMLException, type Event } from 'js-yaml';
import type { Diagnostic, SourceFile, SourceRange } from '../model/source.ts';
import { Report } from './report.ts';
import { Builder, type YamlRules } from './yaml/build.ts';
import { checkCharacters } from './yaml/characters.ts';
import { plainValue, type YamlEntry, type YamlNode } from './yaml/node.ts';
import { reportSyntaxError } from './yaml/traps.ts';

/** What a YAML file holds, and where. `root` and `value` are there even when parts were reported and left out. */
export interface ParsedYaml {
  readonly root?: YamlNode;
  /** Plain data: objects, arrays, texts, numbers, booleans, `SecretName`. Never null. */
  readonly value?: unknown;
  readonly positions: Positions;
  readonly diagnostics: readonly Diagnostic[];
}

/** Places by JSON pointer, such as `/hosts/0/name`. */
export interface Positions {
  /** Of the value; undefined when there is none at that pointer. */
  at(pointer: string): SourceRange | undefined;
  /** Of the key it stands under. */
  keyAt(pointer: string): SourceRange | undefined;
}

const MIB = 1024 * 1024;
const STRICT: YamlRules = {
  maxLength: MIB,
  maxEvents: 200_000,
  maxKeys: 1000,
  maxAliasNodes: 10_000,
  lenient: false,
};

/**
 * Reads one YAML document as the language allows it: see language.md, section 1. All that is wrong is reported with its place;
 * it never throws, and is done within 250 ms whatever the text.
 */
export function parseYaml(source: SourceFile): ParsedYaml {
  const report = new Report(source);
  const root = readDocument(report);
  return {
    ...(root === undefined ? {} : { root, value: plainValue(root) }),
    positions: positionsOf(root, report),
    diagnostics: report.diagnostics,
  };
}

/**
 * The same, with a report to which the reader of the file adds what it finds wrong. With lenient rules an empty document is no
 * error, and gives nothing either.
 */
export function readDocument(report: Report, rules: YamlRules = STRICT): YamlNode | undefined {
  const shift = report.source.text.startsWith('\uFEFF') ? 1 : 0;
  const text = report.source.text.slice(shift);
  if (text.length > rules.maxLength) {
    report.error('E_SIZE', { start: 0, end: 0 }, `the file is larger than ${rules.maxLength / MIB} MiB`, 'split it');
    return undefined;
  }
  checkCharacters(report, rules);
  if (report.failed || hasSecondDocument(report)) return undefined;
  const events = eventsOf(text, report, shift, rules);
  if (events === undefined) return undefined;
  const builder = new Builder(report, text, shift, rules);
  for (const event of events) builder.accept(event);
  if (builder.root === undefined && !report.failed && !rules.lenient)
    report.error('E_EMPTY', { start: shift, end: shift }, 'the file is empty');
  return builder.root;
}

function eventsOf(
  text: string,
  report: Report,
  shift: number,
  { maxEvents, lenient }: YamlRules,
): readonly Event[] | undefined {
  try {
    const events = parseEvents(text, { maxDepth: 32 });
    const document = events[0];
    if (document?.type === 1 && document.directives.length > 0) {
      const at = Math.max(0, text.search(/^%/m)) + shift;
      report.error(
        'E_YAML',
        { start: at, end: at + 1 },
        'directives are not supported',
        'remove the line that starts with %',
      );
      return undefined;
    }
    if (events.length > maxEvents) {
      report.error('E_SIZE', { start: shift, end: shift }, `more than ${maxEvents} values in one file`, 'split it');
      return undefined;
    }
    if (!isEmptyDocument(events, report)) return events;
    if (!lenient) report.error('E_EMPTY', { start: shift, end: shift }, 'the file is empty');
    return undefined;
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    reportSyntaxError(error, report, shift);
    return undefined;
  }
}

function isEmptyDocument(events: readonly Event[], report: Report): boolean {
  const [, first] = events;
  const empty = first === undefined || (first.type === 4 && first.valueStart < 0 && first.tagStart < 0);
  return empty || (first.type === 4 && first.style === 1 && /^(?:~|null)$/i.test(report.source.text.trim()));
}

/** Looked for before parsing: a separator ends every YAML value, and a file may hold a quarter of a million of them. */
function hasSecondDocument(report: Report): boolean {
  const { text } = report.source;
  const separator = /^(?:---|\.\.\.)(?=[ \t\r\n]|$)/gm;
  for (let match = separator.exec(text); match !== null; match = separator.exec(text)) {
    const isEnd = match[0] === '...';
    const other = isEnd ? text.slice(match.index + 3) : text.slice(0, match.index);
    if (/^(?:[ \t\uFEFF]*(?:#[^\r\n]*)?(?:\r\n|\r|\n|$)|%[^\r\n]*(?:\r\n|\r|\n|$))*$/.test(other)) continue;
    const at = isEnd ? match.index + 3 + Math.max(0, other.search(/\S/)) : match.index;
    report.error(
      'E_MULTIDOC',
      { start: at, end: at + 3 },
      'a second document starts here',
      'one document per file: split the file',
    );
    return true;
  }
  return false;
}

function positionsOf(root: YamlNode | undefined, report: Report): Positions {
  const find = (pointer: string): { readonly node: YamlNode; readonly entry?: YamlEntry } | undefined => {
    if (root === undefined) return undefined;
    let found: { node: YamlNode; entry?: YamlEntry } = { node: root };
    for (const part of pointer.split('/').slice(1)) {
      const { node } = found;
      if (node.kind === 'scalar') return undefined;
      if (node.kind === 'list') {
        const item = node.items[Number(part)];
        if (item === undefined) return undefined;
        found = { node: item };
      } else {
        const entry = node.entries.get(part.replaceAll('~1', '/').replaceAll('~0', '~'));
        if (entry === undefined) return undefined;
        found = { node: entry.value, entry };
      }
    }
    return found;
  };
  return {
    at: (pointer) => {
      const found = find(pointer);
      return found === undefined ? undefined : report.lines.range(found.node.at);
    },
    keyAt: (pointer) => {
      const found = find(pointer)?.entry;
      return found === undefined ? undefined : report.lines.range(found.key);
    },
  };
}
