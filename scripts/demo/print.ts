import { styleFor, type Tone } from '../../src/util/style.ts';
import { printable } from '../../src/util/printable.ts';

const style = styleFor(process.stdout, process.env);

/** What the demo says, on standard output. Lines are written to fit 80 columns. */
export function say(text = ''): void {
  process.stdout.write(`${text}\n`);
}

export function tone(tone: Tone, text: string): string {
  return style(tone, text);
}

export function heading(text: string): void {
  say(`\n${tone('strong', text)}\n`);
}

/** A command and what it printed, as in a terminal; `remark` puts a note behind a line. Long lines are folded. */
export function transcript(
  command: string,
  output: string,
  remark: (line: string) => string | undefined = () => undefined,
): void {
  say(`  ${tone('accent', `$ ${command}`)}`);
  for (const line of printable(output).trim().split('\n')) {
    const note = remark(line);
    if (note !== undefined) say(`  ${line.trimEnd().padEnd(NOTE_COLUMN)}${tone('dim', `<- ${note}`)}`);
    else for (const part of fold(line.trimEnd(), WIDTH)) say(`  ${part}`);
  }
  say();
}

const WIDTH = 76;
const NOTE_COLUMN = 48;

/** Breaks a line at its spaces; what follows is indented. A word that is too long stays whole. */
function fold(line: string, width: number): readonly string[] {
  if (line.length <= width) return [line];
  const at = line.lastIndexOf(' ', width);
  const indent = line.length - line.trimStart().length;
  return at <= indent ? [line] : [line.slice(0, at), ...fold(`    ${line.slice(at + 1).trimStart()}`, width)];
}

/** One thing that must be so. Gives `isTrue` back. */
export function check(isTrue: boolean, text: string): boolean {
  say(`  ${isTrue ? tone('good', 'yes') : tone('bad', 'NO ')}  ${text}`);
  return isTrue;
}
