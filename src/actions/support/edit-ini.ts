import { joinLines, insertLines, linesOf, type Line } from './file-lines.ts';

export interface IniEdit {
  /** Empty: the lines before the first section. */
  readonly section: string;
  /** Absent: the section itself. */
  readonly option?: string | undefined;
  readonly value: string;
  /** `option=value` instead of `option = value`. */
  readonly tight: boolean;
}

/** Pure: the option has that value, on one line in its section. A line that has it already stays as it is written. */
export function withOption(text: string, edit: IniEdit): string {
  const { option, value, section, tight } = edit;
  const lines = linesOf(text);
  const inside = sectionsNamed(lines, section);
  if (option === undefined)
    return inside.length > 0 || section === '' ? text : joinLines(appendSection(lines, edit, []));
  const setting = `${option}${tight ? '=' : ' = '}${value}`;
  const hits = hitsIn(lines, inside, option);
  const [first] = hits;
  if (first !== undefined) {
    const kept = hits.find((index) => valueOf(lines[index]?.text ?? '') === value) ?? first;
    return joinLines(
      lines.flatMap((line, index) => {
        if (!hits.includes(index)) return [line];
        if (index !== kept) return [];
        return valueOf(line.text) === value ? [line] : [{ ...line, text: indentOf(line.text) + setting }];
      }),
    );
  }
  const [home] = inside;
  if (home === undefined) return joinLines(appendSection(lines, edit, [setting]));
  return joinLines(insertLines(lines, lastLine(lines, home), [setting]));
}

/** Pure: without any line that sets the option; without an option, without the section and all in it. */
export function withoutOption(text: string, { section, option }: Pick<IniEdit, 'section' | 'option'>): string {
  const lines = linesOf(text);
  const inside = sectionsNamed(lines, section);
  const gone =
    option === undefined
      ? inside.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, index) => from + index))
      : hitsIn(lines, inside, option);
  return gone.length === 0 ? text : joinLines(lines.filter((_, index) => !gone.includes(index)));
}

interface Extent {
  /** Its head, except of the lines before the first section. */
  readonly from: number;
  /** The line after its last one. */
  readonly to: number;
}

function sectionsNamed(lines: readonly Line[], name: string): readonly Extent[] {
  const heads = lines.flatMap(({ text }, index) => {
    const head = /^\s*\[(.*)\]\s*(?:[#;].*)?$/.exec(text)?.[1];
    return head === undefined ? [] : [{ index, head: head.trim() }];
  });
  if (name === '') return [{ from: 0, to: heads[0]?.index ?? lines.length }];
  return heads.flatMap(({ index, head }, position) =>
    head === name ? [{ from: index, to: heads[position + 1]?.index ?? lines.length }] : [],
  );
}

function hitsIn(lines: readonly Line[], inside: readonly Extent[], option: string): readonly number[] {
  return inside.flatMap(({ from, to }) =>
    lines.slice(from, to).flatMap(({ text }, index) => (optionOf(text) === option ? [from + index] : [])),
  );
}

function optionOf(line: string): string | undefined {
  const text = line.trim();
  if (text === '' || /^[#;[]/.test(text)) return undefined;
  return text.split(/[=:]/, 1)[0]?.trim();
}

function valueOf(line: string): string | undefined {
  return /^[^=:]*[=:](.*)$/.exec(line)?.[1]?.trim();
}

function indentOf(line: string): string {
  return /^\s*/.exec(line)?.[0] ?? '';
}

/** Where a new line of the section goes: before the blank lines that end it. */
function lastLine(lines: readonly Line[], { from, to }: Extent): number {
  let index = to;
  while (index > from && (lines[index - 1]?.text ?? '').trim() === '') index--;
  return index;
}

function appendSection(lines: readonly Line[], { section }: IniEdit, settings: readonly string[]): readonly Line[] {
  const blank = (lines.at(-1)?.text ?? '').trim() === '' ? [] : [''];
  return insertLines(lines, lines.length, [...blank, `[${section}]`, ...settings]);
}
