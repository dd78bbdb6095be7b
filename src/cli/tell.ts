import type { Prepared } from '../app/prepare.ts';
import type { SecretsOptions } from '../app/secrets-open.ts';
import type { Site } from '../app/surroundings.ts';
import { SYSTEM_CLOCK } from '../app/system-clock.ts';
import type { SharedStore } from '../model/shared-store.ts';
import { StoreFault } from '../model/store-fault.ts';
import { printableLine } from '../util/printable.ts';
import type { JsonOption } from './options.ts';
import type { Terminal } from './terminal.ts';

/** For how long the end of a command may wait for those who are told. */
const LIMIT_MS = 10_000;

export interface TellOptions extends JsonOption, SecretsOptions {}

/** Tells whom the configuration names that the run has ended, and what waits still; who could not be told is told here. */
export async function tellOfRun(
  runId: string,
  { policy }: Pick<Prepared, 'policy'>,
  store: SharedStore,
  options: TellOptions,
  site: Site,
  { err }: Terminal,
): Promise<void> {
  if (site.configuration.notify.length === 0) return;
  const warn = (text: string): void => {
    if (options.json !== true) err.print(`${err.style('warn', 'warning:')} ${printableLine(text)}\n`);
  };
  const { Notifier } = await import('../app/notify/notifier.ts');
  const failed = new Map<string, string>();
  const notifier = new Notifier({
    site,
    secrets: options,
    store,
    outbox: store.outbox,
    clock: SYSTEM_CLOCK,
    onTry: (receiver, { kind, note }) => {
      const text = kind === 'later' ? `could not be told yet: ${note}; ${AGAIN}` : `cannot be told: ${note}`;
      if (kind === 'sent') failed.delete(receiver);
      else failed.set(receiver, text);
    },
  });
  try {
    await notifier.tellOfRun(runId, policy.hostsOf);
    await notifier.sendFor(LIMIT_MS);
  } catch (cause) {
    if (!(cause instanceof StoreFault)) throw cause;
    warn(`those who are to be told may not be: the store failed: ${cause.message}`);
  }
  for (const [receiver, text] of failed) warn(`${receiver} ${text}`);
}

const AGAIN = 'the next runbook run, or runbook serve, tries again, for a day';
