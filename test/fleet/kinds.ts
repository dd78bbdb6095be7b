import type { FleetHost } from './host.ts';
import { healthyApache, leakApacheSemaphores, noApache, removeApacheSemaphores } from './incidents.ts';
import { libraryFaults } from './library-faults.ts';
import { onHost } from './on-host.ts';

/** What a host can be made into. */
export interface Kind {
  readonly name: string;
  /** Of a fault of the library. */
  readonly runbook?: string;
  readonly summary: string;
  /** Resolves to what a person should know of it, which may be nothing. */
  make(host: FleetHost): Promise<string>;
  heal?(host: FleetHost): Promise<string>;
}

const LIMIT_MS = 600_000;
const ALL_SETS = { keyedSet: true, foreignLiveSet: true, otherUserSet: true };

const APACHE: readonly Kind[] = [
  {
    name: 'leak',
    summary: 'Apache is down and its semaphores are leaked, beside sets that must stay',
    make: async (host) => JSON.stringify(await leakApacheSemaphores(host, ALL_SETS)),
  },
  {
    name: 'leak-plain',
    summary: 'The same without sets that must stay',
    make: async (host) => JSON.stringify(await leakApacheSemaphores(host)),
  },
  {
    name: 'removal',
    summary: "logind removed the semaphores of Apache's run user, and Apache is down (12 s)",
    make: (host) => silently(removeApacheSemaphores(host)),
  },
  { name: 'healthy', summary: 'Apache is well, on ports 80 and 8080', make: (host) => silently(healthyApache(host)) },
  { name: 'none', summary: 'No Apache is installed', make: (host) => silently(noApache(host)) },
];

/** Those of Apache, and every fault of the library of runbooks. */
export function allKinds(): readonly Kind[] {
  const faults = libraryFaults().map(({ runbook, setup, fault: { name, summary, break: text, heal } }): Kind => ({
    ...{ runbook, name, summary },
    async make(host) {
      await onHost(host, setup, LIMIT_MS);
      return onHost(host, text, LIMIT_MS);
    },
    ...(heal !== undefined && { heal: (host) => onHost(host, heal, LIMIT_MS) }),
  }));
  return [...APACHE, ...faults];
}

/** What to call it by: `FAULT`, or `RUNBOOK/FAULT` where that could be another one. */
export function shortName(kind: Kind, kinds: readonly Kind[]): string {
  if (kind.runbook === undefined) return kind.name;
  const others = kinds.filter(({ name }) => name === kind.name);
  return others.length === 1 ? kind.name : `${kind.runbook}/${kind.name}`;
}

/** Called by its short name or by `RUNBOOK/FAULT`. */
export function kindCalled(wanted: string, kinds: readonly Kind[]): Kind | undefined {
  return kinds.find(
    (kind) =>
      wanted === shortName(kind, kinds) || (kind.runbook !== undefined && wanted === `${kind.runbook}/${kind.name}`),
  );
}

async function silently(work: Promise<void>): Promise<string> {
  await work;
  return '';
}
