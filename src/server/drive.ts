import { randomBytes } from 'node:crypto';
import { ACTIONS } from '../app/actions.ts';
import { Broadcast } from '../app/broadcast.ts';
import { findFreeze, freezeFiles, freezeText } from '../app/freeze.ts';
import { watchFreeze } from '../app/freeze-watch.ts';
import type { Prepared } from '../app/prepare.ts';
import { thisProcess } from '../app/process-id.ts';
import type { RunParts, RunRequest } from '../app/run.ts';
import { startedBy } from '../app/started-by.ts';
import type { Site } from '../app/surroundings.ts';
import type { Clock } from '../model/clock.ts';
import { DEFAULT_FORKS } from '../model/configuration.ts';
import type { Host } from '../model/host.ts';
import type { Reporter } from '../model/reporter.ts';
import type { Store } from '../model/store.ts';
import type { Transport } from '../model/transport.ts';

/** What the run of an occurrence is driven with. */
export interface Drive {
  readonly site: Site;
  /** Of this run alone: what fails in it fails for no other. */
  readonly store: Store;
  readonly clock: Clock;
  readonly openTransports: (hosts: readonly Host[]) => Promise<(host: Host) => Transport>;
  readonly reporters: readonly Reporter[];
  /** As the first Ctrl-C, with its signal as the reason. */
  readonly stop: AbortSignal;
  /** As the second. */
  readonly kill: AbortSignal;
}

type Driven = Pick<RunRequest, 'frozen' | 'forks' | 'lockWaitMs' | 'startedBy' | 'process' | 'stop' | 'kill'>;

/** Drives the engine where nobody looks: a freeze stops what changes hosts. All is shown and written when it resolves. */
export async function drive<T>(
  prepared: Prepared,
  reason: string,
  { site, store, clock, openTransports, reporters, stop, kill }: Drive,
  engine: (request: Driven, parts: RunParts) => Promise<T>,
): Promise<T> {
  const look = () => findFreeze(freezeFiles(site), clock.now());
  const freeze = new AbortController();
  const endWatch = await watchFreeze(look, () => {
    freeze.abort('freeze');
  });
  const journal = new Broadcast(store, reporters);
  const { forks, lockWaitMs } = site.configuration;
  const request: Driven = {
    forks: forks?.value ?? DEFAULT_FORKS,
    ...(lockWaitMs !== undefined && { lockWaitMs: lockWaitMs.value }),
    startedBy: startedBy(site, reason, 'schedule'),
    process: thisProcess(),
    frozen: async () => {
      const found = await look();
      return found === undefined ? undefined : freezeText(found);
    },
    stop: AbortSignal.any([stop, freeze.signal]),
    kill,
  };
  try {
    const transportOf = await openTransports([...prepared.hosts, ...prepared.delegates].map(({ host }) => host));
    const attempts: RunParts['attempts'] = (query) => store.attempts(query);
    return await engine(request, { actions: ACTIONS, journal, attempts, transportOf, clock, randomBytes });
  } finally {
    endWatch();
    await journal.close();
  }
}
