import type { RealWork } from '../app/cases/real-cases.ts';
import { disposableHosts } from '../app/cases/real-hosts.ts';
import { startedBy } from '../app/started-by.ts';
import type { Site } from '../app/surroundings.ts';
import { printable } from '../util/printable.ts';
import type { RecordOptions } from './options.ts';
import { printTrouble } from './print-trouble.ts';
import { listenToSignals, type Signals } from './signals.ts';
import type { Terminal } from './terminal.ts';

/** Does `work` on the hosts of `--on`, all of which may be broken; else says why not, and gives the exit code for it. */
export async function onRealHosts(
  options: RecordOptions,
  here: Site,
  terminal: Terminal,
  work: (work: Omit<RealWork, 'ended'>) => Promise<number>,
): Promise<number> {
  const names = options.on
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const disposable = await disposableHosts(names, options, here);
  if (!disposable.ok) return printTrouble(disposable.error, terminal, options.json === true);
  const signals: Signals = listenToSignals((signal, line) => {
    const then = signal === 'second' ? 'what was broken may stay so' : 'what was broken is healed';
    terminal.err.print(`${line}; ${then}\n`);
  });
  const by = startedBy(here, 'a case of runbook test', terminal.isInteractive ? 'person' : 'unattended');
  const { hosts, isDisposable } = disposable.value;
  const place = { selection: { ...options, local: false }, here, startedBy: by, isDisposable };
  const unusable = (host: string, why: string): void =>
    terminal.err.print(`warning: ${host} is not used: ${printable(why)}\n`);
  try {
    const code = await work({ hosts, place, stop: signals.stop, kill: signals.kill, unusable });
    return signals.stop.aborted ? (INTERRUPTED[String(signals.stop.reason)] ?? 130) : code;
  } finally {
    signals.release();
  }
}

const INTERRUPTED: Readonly<Record<string, number>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };
