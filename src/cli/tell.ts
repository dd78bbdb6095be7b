import type { Notifier } from '../app/notify/notifier.ts';
import type { Prepared } from '../app/prepare.ts';
import type { SecretsOptions } from '../app/secrets-open.ts';
import { stateDirectory, type Site } from '../app/surroundings.ts';
import { SYSTEM_CLOCK } from '../app/system-clock.ts';
import { noteOf, type Trouble } from '../app/trouble.ts';
import { occurrenceKey } from '../model/occurrence-key.ts';
import type { SharedStore } from '../model/shared-store.ts';
import { StoreFault } from '../model/store-fault.ts';
import { openSqliteStore } from '../stores/sqlite.ts';
import { printableLine } from '../util/printable.ts';
import type { JsonOption } from './options.ts';
import type { Terminal, TerminalStream } from './terminal.ts';

/** For how long the end of a command may wait for those who are told. */
const LIMIT_MS = 10_000;

export interface TellOptions extends JsonOption, SecretsOptions {}

/** Tells whom the configuration names that the run has ended, and what waits still; who could not be told is told here. */
export function tellOfRun(
  runId: string,
  { policy }: Pick<Prepared, 'policy'>,
  store: SharedStore,
  options: TellOptions,
  site: Site,
  { err }: Terminal,
): Promise<void> {
  return tell(store, options, site, err, (notifier) => notifier.tellOfRun(runId, policy.hostsOf));
}

/** The same, that a schedule of cron or systemd could begin no run. */
export async function tellNotBegun(
  { schedule, runbook }: { readonly schedule: string; readonly runbook: string },
  trouble: Trouble,
  options: TellOptions,
  site: Site,
  { err }: Terminal,
): Promise<void> {
  if (site.configuration.notify.length === 0) return;
  const store = openSqliteStore(stateDirectory(site));
  if (!store.ok) return warning(options, err)(`${NOT_TOLD}: ${store.error.message}`);
  const now = SYSTEM_CLOCK.now();
  const at = new Date(now).toISOString();
  const row = { schedule, key: occurrenceKey(now), decidedAt: at, endedAt: at, note: noteOf(trouble) };
  try {
    await tell(store.value, options, site, err, (notifier) =>
      notifier.tellOfOccurrence({ ...row, state: 'failed' }, { runbook }),
    );
  } finally {
    await store.value.close();
  }
}

async function tell(
  store: SharedStore,
  options: TellOptions,
  site: Site,
  err: TerminalStream,
  putDown: (notifier: Notifier) => Promise<void>,
): Promise<void> {
  if (site.configuration.notify.length === 0) return;
  const warn = warning(options, err);
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
    await putDown(notifier);
    await notifier.sendFor(LIMIT_MS);
  } catch (cause) {
    if (!(cause instanceof StoreFault)) throw cause;
    warn(`${NOT_TOLD}: the store failed: ${cause.message}`);
  }
  for (const [receiver, text] of failed) warn(`${receiver} ${text}`);
}

const warning =
  ({ json }: JsonOption, err: TerminalStream) =>
  (text: string): void => {
    if (json !== true) err.print(`${err.style('warn', 'warning:')} ${printableLine(text)}\n`);
  };

const NOT_TOLD = 'those who are to be told may not be';
const AGAIN = 'the next runbook run, or runbook serve, tries again, for a day';
