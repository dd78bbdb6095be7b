import assert from 'node:assert/strict';
import { StoreFailed } from '../../src/execute/record/recorder.ts';
import type { RunEvent } from '../../src/model/event.ts';
import { StoreFault, type StoreFaultKind } from '../../src/model/store-fault.ts';
import type { Store } from '../../src/model/store.ts';
import { downRunbook } from '../support/down-runbook.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { MemoryJournal, RunRig } from '../support/run-rig.ts';
import { ScriptedHost } from '../support/scripted-host.ts';

const HOSTS = 3;
const RUN = 'run1'; // as the rig calls it
const LATENCY_MS = 1000;

/** Gives each event to a real store; `before` may do something to that store's disk. */
class StoreJournal extends MemoryJournal {
  readonly #store: Store;
  readonly #before: (event: RunEvent) => void;

  constructor(store: Store, before: (event: RunEvent) => void) {
    super();
    this.#store = store;
    this.#before = before;
  }

  override commit(event: RunEvent): Promise<void> {
    this.#before(event);
    return this.#store.commit(event);
  }
}

/** How a run ended, and the changes that its hosts were sent, by host. */
export interface StoredRun {
  readonly end: 'finished' | StoreFaultKind;
  readonly changes: Readonly<Record<string, readonly string[]>>;
}

/** Repairs three simulated hosts at once; steps are running on some while others commit. */
export async function runInto(store: Store, before: (event: RunEvent) => void = () => undefined): Promise<StoredRun> {
  const clock = new FakeClock();
  const hosts = Object.fromEntries(
    Array.from({ length: HOSTS }, (_, index) => {
      const host = new ScriptedHost(clock, { unit: 'down', lock: 'held', disk: 'ok' }, { boot_id: `boot-${index}` });
      host.latencyMs = LATENCY_MS * (index + 1);
      return [`web0${index + 1}`, host] as const;
    }),
  );
  const base = downRunbook();
  const runbook = { ...base, limits: { ...base.limits, batches: [{ kind: 'percent', percent: 100 }] } } as const;
  const rig = new RunRig({ clock, runbook, hosts, journal: new StoreJournal(store, before) });
  const changes = (): StoredRun['changes'] =>
    Object.fromEntries(Object.entries(hosts).map(([name, host]) => [name, host.changes]));
  try {
    await rig.go();
    return { end: 'finished', changes: changes() };
  } catch (error) {
    assert.ok(error instanceof StoreFailed, String(error));
    assert.ok(error.cause instanceof StoreFault, String(error.cause));
    return { end: error.cause.kind, changes: changes() };
  }
}

/** The store was opened again: no host got a change that was not kept before. With `ends`, how each of them ended was kept too. */
export function judgeStored(store: Store, { changes }: Pick<StoredRun, 'changes'>, { ends }: { ends: boolean }): void {
  assert.deepEqual(store.verify(RUN), []);
  const events = [...store.events(RUN)];
  const intents = events.filter((event) => event.type === 'step-intended');
  const ended = new Set(events.flatMap((event) => (event.type === 'step-ended' ? [event.execution] : [])));
  for (const [host, sent] of Object.entries(changes)) {
    for (const text of sent) {
      const intent = intents.find((event) => event.host === host && event.text === text);
      assert.ok(intent !== undefined, `${host} was sent ${text} without a kept intent`);
      if (ends) assert.ok(ended.has(intent.execution), `how ${text} ended on ${host} was not kept`);
    }
  }
}
