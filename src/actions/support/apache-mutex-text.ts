import type { MutexLine } from './apache-mutex-lines.ts';

/** The text with another first argument for the directive on this line; its names stay. All other lines stay byte for byte. */
export function withArgument(text: string, line: MutexLine, argument: string): string {
  const lines = text.split('\n');
  const old = lines.slice(line.first, line.last + 1);
  const joined = old.map((part) => part.replace(/\\?\r?$/, '')).join('');
  const [, head = '', rest = ''] = /^(\s*\S+\s+)(?:"(?:[^"\\]|\\.)*"|\S+)\s*(.*)$/s.exec(joined) ?? [];
  const ending = old.at(-1)?.endsWith('\r') === true ? '\r' : '';
  const changed = `${head}${argument}${` ${rest}`.trimEnd()}${ending}`;
  return [...lines.slice(0, line.first), changed, ...lines.slice(line.last + 1)].join('\n');
}

/** The text with these lines at its end. */
export function withLines(text: string, lines: readonly string[]): string {
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const start = text === '' || text.endsWith('\n') ? text : `${text}${newline}`;
  return start + lines.map((line) => line + newline).join('');
}
