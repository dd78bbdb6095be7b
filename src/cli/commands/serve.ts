import { surroundings } from '../../app/surroundings.ts';
import { SYSTEM_CLOCK } from '../../app/system-clock.ts';
import { serve as keepWatch } from '../../server/serve.ts';
import type { JsonOption } from '../options.ts';
import { printTrouble } from '../print-trouble.ts';
import { listenToServeSignals } from '../serve-signals.ts';
import { serveLog } from '../serve-log.ts';
import type { Terminal } from '../terminal.ts';

/** `runbook serve`: what happens is its result, one line each. */
export async function serve({ json = false }: JsonOption, terminal: Terminal): Promise<number> {
  const { environment, directory } = terminal;
  const signals = listenToServeSignals();
  const say = serveLog({ json, isJournal: environment['JOURNAL_STREAM'] !== undefined }, terminal.out, SYSTEM_CLOCK);
  try {
    const here = surroundings(environment, directory);
    const ended = await keepWatch({ here, clock: SYSTEM_CLOCK, signals, say });
    return ended.ok ? 0 : printTrouble(ended.error, terminal, json);
  } finally {
    signals.release();
  }
}
