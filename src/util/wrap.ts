import { widthOf } from './printable.ts';

/**
 * Breaks lines between words so that each fits so many columns; a longer word stays whole, and so does a line that begins with four
 * spaces: it is a command, and must be one line wherever it is pasted. Line breaks in the text are kept.
 */
export function wrap(text: string, columns: number): readonly string[] {
  return text.split('\n').flatMap((line) => wrapLine(line, Math.max(columns, 20)));
}

export const isCommand = (line: string): boolean => /^ {4}(?! |[-*] )/.test(line);

function wrapLine(line: string, columns: number): readonly string[] {
  if (isCommand(line) || widthOf(line) <= columns) return [line];
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(' ')) {
    const longer = current === '' ? word : `${current} ${word}`;
    if (current !== '' && widthOf(longer) > columns) {
      lines.push(current);
      current = word;
    } else current = longer;
  }
  return [...lines, current];
}
