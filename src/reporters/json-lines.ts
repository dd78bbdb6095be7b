import type { Reporter } from '../model/reporter.ts';
import type { LineSink } from './sink.ts';

/** One event a line, and nothing else. */
export function createJsonLinesReporter(sink: LineSink): Reporter {
  return {
    accept: (event) => {
      sink.write(`${JSON.stringify(event)}\n`);
    },
    close: () => sink.drain(),
  };
}
