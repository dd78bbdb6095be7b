/** A here-document whose body starts behind the next line break. */
export interface HereDocument {
  readonly delimiter: string;
  /** Its delimiter is quoted: nothing in the body is expanded. */
  readonly literal: boolean;
  readonly stripTabs: boolean;
}

interface HereOperator {
  readonly document: HereDocument;
  /** Where the source goes on. */
  readonly end: number;
  /** Marks that are part of the delimiter. */
  readonly marks: readonly number[];
}

/** Reads `<<` or `<<-` with its delimiter, which ends at a blank or an operator outside of quotes. */
export function readHereOperator(text: string, start: number, allMarks: ReadonlySet<number>): HereOperator {
  const stripTabs = text[start + 2] === '-';
  let at = start + (stripTabs ? 3 : 2);
  while (/[ \t]/.test(text[at] ?? '')) at++;
  const begin = at;
  let delimiter = '';
  let literal = false;
  while (at < text.length && !/[ \t;|&()<>\n]/.test(text[at] ?? '')) {
    const here = text[at] ?? '';
    if (here === "'" || here === '"') {
      literal = true;
      const close = text.indexOf(here, at + 1);
      const end = close < 0 ? text.length : close;
      delimiter += text.slice(at + 1, end);
      at = end + 1;
    } else if (here === '\\') {
      literal = true;
      delimiter += text[at + 1] ?? '';
      at += 2;
    } else {
      delimiter += here;
      at++;
    }
  }
  const marks = [...allMarks].filter((mark) => mark >= begin && mark < at);
  return { document: { delimiter, literal, stripTabs }, end: at, marks };
}
