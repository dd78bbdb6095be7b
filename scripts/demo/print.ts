import { styleFor, type Tone } from '../../src/util/style.ts';
import { wrap } from '../../src/util/wrap.ts';
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

/** Text of several sentences, in as many lines as it takes. */
export function paragraph(text: string): void {
  for (const line of wrap(text, WIDTH)) say(`  ${line}`);
  say();
}

/** A command and what it printed, as in a terminal; `remark` puts a note behind a line. */
export function transcript(
  command: string,
  output: string,
  remark: (line: string) => string | undefined = () => undefined,
): void {
  say(`  ${tone('accent', `$ ${command}`)}`);
  for (const line of printable(output).trim().split('\n')) {
    const note = remark(line);
    if (note === undefined) item('', line.trimEnd());
    else say(`  ${line.trimEnd().padEnd(NOTE_COLUMN)}${tone('dim', `<- ${note}`)}`);
  }
  say();
}

/** A line with a label in front; what does not fit goes on below, indented. */
export function item(label: string, text: string): void {
  const [first = '', ...rest] = wrap(text, WIDTH - label.length);
  say(`  ${label}${first}`);
  for (const line of rest) say(`  ${' '.repeat(label.length || 4)}${line}`);
}

const WIDTH = 76;
const NOTE_COLUMN = 48;

/** One thing that must be so, and whether it is. */
export function verdict(isTrue: boolean, text: string): void {
  say(`  ${isTrue ? tone('good', 'yes') : tone('bad', 'NO ')}  ${text}`);
}
