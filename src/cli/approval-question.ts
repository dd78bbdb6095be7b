import { createInterface } from 'node:readline/promises';
import type { Readable } from 'node:stream';
import { unreachable } from '../util/unreachable.ts';

export type Answer = 'yes' | 'no' | 'first';

export interface Question {
  /** `Carry this out on 3 hosts?` */
  readonly text: string;
  /** More than one host: the first alone can be chosen. */
  readonly several: boolean;
  /** Absent: all has been shown. */
  readonly explain?: (how: 'diffs' | 'commands' | 'by-host') => Promise<void>;
  readonly print: (text: string) => void;
  readonly input: Readable;
  /** Aborted: no. */
  readonly signal: AbortSignal;
}

/**
 * Asks until it is answered. What lets hosts be changed must be typed out. The end of input, and the abort of the signal, mean no.
 * The terminal stays in its own line mode, so that Ctrl-C reaches the process as the signal it always is.
 */
export async function askApproval(question: Question): Promise<Answer> {
  const lines = createInterface({ input: question.input, terminal: false });
  const ended = new AbortController();
  lines.once('close', () => {
    ended.abort();
  });
  const signal = AbortSignal.any([question.signal, ended.signal]);
  try {
    for (;;) {
      question.print(`${question.text} ${choicesOf(question).join(', ')}: `);
      const word = wordOf(await lines.question('', { signal }), question);
      switch (word) {
        case 'yes':
        case 'no':
        case 'first':
          return word;
        case 'diff':
          await question.explain?.('diffs');
          break;
        case 'commands':
          await question.explain?.('commands');
          break;
        case 'hosts':
          await question.explain?.('by-host');
          break;
        case '?':
          question.print(helpOf(question));
          break;
        case undefined:
          question.print(`please type one of: ${choicesOf(question).join(', ')}\n`);
          break;
        default:
          unreachable(word);
      }
    }
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') return 'no';
    throw error;
  } finally {
    lines.close();
  }
}

type Word = Answer | 'diff' | 'commands' | 'hosts' | '?';

const MEANINGS: Readonly<Record<Word, string>> = {
  yes: 'carry out all of it, and nothing else',
  no: 'change nothing (also Ctrl-C)',
  diff: 'show every difference in full',
  commands: 'show the whole source of each command too',
  hosts: 'show each host by itself',
  first: 'carry it out on the first host only, the others later',
  '?': 'show this',
};

function choicesOf({ several, explain }: Pick<Question, 'several' | 'explain'>): readonly Word[] {
  if (explain === undefined) return ['yes', 'no'];
  const all = Object.keys(MEANINGS) as readonly Word[];
  return several ? all : all.filter((word) => word !== 'first' && word !== 'hosts');
}

function helpOf(question: Question): string {
  return choicesOf(question)
    .map((word) => `  ${word.padEnd(8)} ${MEANINGS[word]}\n`)
    .join('');
}

/** Beginnings of a word are enough where nothing is changed by it. */
function wordOf(typed: string, question: Question): Word | undefined {
  const text = typed.trim().toLowerCase();
  const choices = choicesOf(question);
  const whole = choices.find((word) => word === text);
  if (whole !== undefined || text === '') return whole;
  if (text === 'help') return '?';
  const [only, ...others] = choices.filter((word) => word.startsWith(text));
  return others.length > 0 || only === 'yes' || only === 'first' ? undefined : only;
}
