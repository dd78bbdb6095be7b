import type { Reporter } from '../model/reporter.ts';
import type { LineSink } from './sink.ts';

/** One event a line, and nothing else. */
export function createJsonLinesReporter(sink: LineSink): Reporter {
  return {
    accept: (event) => {
      sink.write(`${JSON.stringify(event).replace(UNSAFE, escape)}\n`);
    },
    close: () => sink.drain(),
  };
}

/** What a terminal could act on, and JSON leaves as it is: the same text, written otherwise. */
const UNSAFE = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu;

const escape = (character: string): string =>
  Array.from(
    { length: character.length },
    (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
  ).join('');
