import type { Random } from '../support/random.ts';
import { MIB, type Parser } from './parser.ts';

/** Of a thousand texts one is large. */
const LARGE_OF = 1000;
const LONG_CHARACTERS = ['é', '漢', '🙂', '\u202e', '\u0000', '\u001b', '\ud800', '\udfff', '\uffff', '\u00a0'];

/** A text made of those of the parser's corpus and of the pieces of its language: the same for the same choices. */
export function mutated(parser: Parser, random: Random): string {
  if (random.below(LARGE_OF) === 0) return largeText(parser, random);
  let text = parser.corpus.length === 0 || random.chance(3) ? '' : random.pick(parser.corpus);
  if (text.length > 4000 && random.chance(60)) text = windowOf(text, random);
  const changes = 1 + random.below(random.chance(20) ? 24 : 5);
  for (let change = 0; change < changes; change += 1) text = changedOnce(text, parser, random);
  return text.slice(0, parser.cap ?? MIB);
}

/** As large as it may be: one piece again and again, alone or inside of a text. */
export function largeText(parser: Parser, random: Random): string {
  const cap = parser.cap ?? MIB;
  const size = random.chance(50) ? cap : Math.ceil(cap / 2 ** random.below(6));
  const piece = pieceOf(parser, random, random.between(1, 3));
  const whole = parser.corpus.length === 0 || random.chance(25) ? '' : random.pick(parser.corpus).slice(0, cap / 2);
  const at = random.below(whole.length + 1);
  const count = Math.max(1, Math.floor((size - whole.length) / Math.max(1, piece.length)));
  return (whole.slice(0, at) + piece.repeat(count) + whole.slice(at)).slice(0, cap);
}

function pieceOf(parser: Parser, random: Random, words: number): string {
  return Array.from({ length: words }, () =>
    random.chance(85) ? random.pick(parser.words) : unit(parser, random),
  ).join('');
}

function changedOnce(text: string, parser: Parser, random: Random): string {
  const at = random.below(text.length + 1);
  const end = Math.min(text.length, at + 1 + random.below(random.chance(80) ? 12 : 400));
  switch (random.below(11)) {
    case 0:
      return text.slice(0, at) + text.slice(end);
    case 1:
      return text.slice(0, at) + text.slice(at, end).repeat(random.between(2, 5)) + text.slice(end);
    case 2:
    case 3:
    case 4:
      return text.slice(0, at) + random.pick(parser.words) + text.slice(random.chance(50) ? at : end);
    case 5:
      return text.slice(0, at) + unit(parser, random) + text.slice(random.chance(50) ? at : end);
    case 6:
      return text.slice(0, at);
    case 7:
      return withLineMoved(text, random);
    case 8:
      return withNumberChanged(text, random);
    case 9:
      return text.slice(0, at) + pieceOf(parser, random, 1).repeat(random.between(2, 40)) + text.slice(at);
    default:
      return (
        text.slice(0, at) +
        windowOf(parser.corpus.length === 0 ? text : random.pick(parser.corpus), random) +
        text.slice(end)
      );
  }
}

function unit({ binary }: Parser, random: Random): string {
  if (binary === true) return String.fromCharCode(random.below(256));
  if (random.chance(20)) return random.pick(LONG_CHARACTERS);
  return String.fromCharCode(random.chance(70) ? random.between(32, 126) : random.below(256));
}

function windowOf(text: string, random: Random): string {
  const start = random.below(text.length + 1);
  return text.slice(start, start + 1 + random.below(2000));
}

function withLineMoved(text: string, random: Random): string {
  const lines = text.split('\n');
  const from = random.below(lines.length);
  const [line = ''] = lines.splice(from, random.chance(50) ? 1 : 0);
  lines.splice(random.below(lines.length + 1), 0, random.chance(70) ? line : ` ${line}`);
  return lines.join('\n');
}

const NUMBERS = ['0', '-1', '1', '255', '65536', '4294967296', '9007199254740993', '1e400', '00', '0x7f', ''];

function withNumberChanged(text: string, random: Random): string {
  const numbers = [...text.matchAll(/\d+/g)];
  if (numbers.length === 0) return text;
  const chosen = random.pick(numbers);
  const put = random.chance(80) ? random.pick(NUMBERS) : '9'.repeat(random.between(1, 400));
  return text.slice(0, chosen.index) + put + text.slice(chosen.index + chosen[0].length);
}
