import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ACTIONS } from '../../src/app/actions.ts';
import { openSite } from '../../src/app/configuration.ts';
import { prepare, type Prepared } from '../../src/app/prepare.ts';
import { run } from '../../src/app/run.ts';
import { startedBy } from '../../src/app/started-by.ts';
import { stateDirectory, surroundings, type Site } from '../../src/app/surroundings.ts';
import { SYSTEM_CLOCK } from '../../src/app/system-clock.ts';
import { openTransports } from '../../src/app/transports.ts';
import type { SharedStore } from '../../src/model/shared-store.ts';
import { openSqliteStore } from '../../src/stores/sqlite.ts';
import type { KeptConnections } from '../../src/transports/kept/connections.ts';
import type { Result } from '../../src/util/result.ts';
import type { FleetHost } from '../../test/fleet/host.ts';
import { inventoryOf } from './inventory.ts';
import { runbookOf } from './readings.ts';

const NEVER = new AbortController().signal;

/** Surveys of the same hosts, one after another in this process, as `runbook serve` makes them: with a record in a store. */
export class Surveys {
  readonly #folder: string;
  readonly #site: Site;
  readonly #prepared: Prepared;
  readonly #store: SharedStore;

  static async of(hosts: readonly FleetHost[], readings: readonly string[]): Promise<Surveys> {
    const folder = mkdtempSync(join(tmpdir(), 'runbook-benchmark-'));
    writeFileSync(join(folder, 'inventory.yaml'), inventoryOf(hosts));
    writeFileSync(join(folder, 'independent.yaml'), runbookOf('independent', readings));
    const here = surroundings({ XDG_STATE_HOME: join(folder, 'state') }, folder);
    const site = valueOf(openSite(here, { unattended: false })).value;
    const chosen = {
      runbook: './independent.yaml',
      inventory: ['inventory.yaml'],
      hosts: 'all',
      local: false,
      params: [],
    };
    return new Surveys(folder, site, valueOf(await prepare(chosen, site)));
  }

  private constructor(folder: string, site: Site, prepared: Prepared) {
    this.#folder = folder;
    this.#site = site;
    this.#prepared = prepared;
    this.#store = valueOf(openSqliteStore(stateDirectory(site)));
  }

  /** From the first connection to the end that is on record; what is read from files before is the same for all. */
  async survey(kept?: KeptConnections): Promise<void> {
    const { hosts } = this.#prepared;
    const transportOf = await openTransports(
      hosts.map(({ host }) => host),
      kept,
    );
    const request = {
      mode: 'plan',
      forks: hosts.length,
      startedBy: startedBy(this.#site, 'benchmark', 'unattended'),
      stop: NEVER,
      kill: NEVER,
      approve: () => Promise.resolve(undefined),
    } as const;
    const attempts: SharedStore['attempts'] = (query) => this.#store.attempts(query);
    const parts = { actions: ACTIONS, journal: this.#store, attempts, transportOf, clock: SYSTEM_CLOCK, randomBytes };
    const { finished } = valueOf(await run(this.#prepared, request, parts));
    if (finished.counts.healthy !== hosts.length) throw new Error(JSON.stringify(finished.counts));
  }

  async remove(): Promise<void> {
    await this.#store.close();
    rmSync(this.#folder, { recursive: true });
  }
}

function valueOf<T>(result: Result<T, unknown>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}
