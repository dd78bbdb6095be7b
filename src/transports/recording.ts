import type { Action, Interpretation } from '../model/action.ts';
import type { Clock } from '../model/clock.ts';
import {
  isSameAsker,
  MOST_ANSWERS,
  type EvidenceState,
  type KeptAnswer,
  type KeptChange,
  type KeptSight,
} from '../model/evidence.ts';
import type { HostFacts } from '../model/host.ts';
import type { CommandResult } from '../model/script.ts';
import type { Asker, Connection, Transport } from '../model/transport.ts';
import type { Fields } from '../model/type.ts';
import type { JsonObject } from '../util/json.ts';
import { ok } from '../util/result.ts';
import { connectionWith } from './connection-with.ts';

/** Keeps what a host says while a run goes on there, and what those say that its steps are delegated to. */
export class Recording {
  readonly #clock: Pick<Clock, 'now' | 'monotonic'>;
  readonly #states: State[] = [{ said: [] }];
  /** Steps that look from here: what they ask the host is a part of what they see. */
  readonly #looking = new Set<Asker>();
  readonly #reached = new Map<string, HostFacts>();
  #begun = 0;
  #recordedAt = 0;

  constructor(clock: Pick<Clock, 'now' | 'monotonic'>) {
    this.#clock = clock;
  }

  /** Of a host, by name; absent when it was not reached. */
  factsOf(name: string): HostFacts | undefined {
    return this.#reached.get(name);
  }

  /** RFC 3339: when the first host was reached. */
  get recordedAt(): string {
    return new Date(this.#recordedAt).toISOString();
  }

  get states(): readonly EvidenceState[] {
    return this.#states.map(({ change, reached, said }) => ({
      ...(change !== undefined && { change }),
      ...(reached !== undefined && { reached }),
      said: said
        .filter(({ isRepeated }) => !isRepeated)
        .map(({ step, lap, kept }) => ({ step, lap, answers: kept.map(answerOf) })),
    }));
  }

  /** The transport, with what its host says kept. */
  wrap(transport: Transport): Transport {
    return {
      connect: async (host, options, signal) => {
        const connected = await transport.connect(host, options, signal);
        if (!connected.ok) return connected;
        if (this.#reached.size === 0) {
          this.#begun = this.#clock.monotonic();
          this.#recordedAt = this.#clock.now();
        }
        const { facts } = connected.value;
        const state = this.#states.at(-1);
        if (!this.#reached.has(host.name)) this.#reached.set(host.name, facts);
        else if (state !== undefined) state.reached = { host: host.name, facts };
        return ok(this.#wrapConnection(connected.value));
      },
    };
  }

  /** The action. What it sees from here by looking through a connection is kept as it understood it. */
  wrapAction(action: Action): Action {
    const { work } = action;
    if (work.kind !== 'probe') return action;
    const probe: typeof work.probe = async (params, context) => {
      const { asker } = context;
      let looked = false;
      this.#looking.add(asker);
      try {
        const seen = await work.probe(params, {
          ...context,
          dial: (address, port) => {
            looked = true;
            return context.dial(address, port);
          },
          read: (script) => {
            looked = true;
            return context.read(script);
          },
        });
        if (looked)
          this.#keep(asker, { answer: { atMs: this.#at(), seen }, times: 1, key: steady(seen, action.output) });
        return seen;
      } finally {
        this.#looking.delete(asker);
      }
    };
    return { ...action, work: { ...work, probe } };
  }

  #wrapConnection(connection: Connection): Connection {
    return connectionWith(connection, {
      read: async (request, signal) => {
        const result = await connection.read(request, signal);
        const { asker } = request;
        if (asker === undefined || this.#isLooking(asker)) return result;
        const answer = this.#answer(result);
        this.#keep(asker, { answer, times: 1, key: JSON.stringify({ ...answer, atMs: 0 }) });
        return result;
      },
      change: async (request, signal) => {
        const result = await connection.change(request, signal);
        const { asker, script } = request;
        if (asker === undefined) return result;
        this.#states.push({ change: { ...asker, sent: script.summary, ...this.#answer(result) }, said: [] });
        return result;
      },
    });
  }

  #isLooking(asker: Asker): boolean {
    return [...this.#looking].some((other) => isSameAsker(asker, other));
  }

  #answer({ end, stdout, stderr }: CommandResult): KeptAnswer {
    return {
      atMs: this.#at(),
      end,
      stdout: stdout.text,
      stderr: stderr.text,
      ...(stdout.truncated && { stdoutBytes: stdout.bytes }),
      ...(stderr.truncated && { stderrBytes: stderr.bytes }),
    };
  }

  #at(): number {
    return Math.round(this.#clock.monotonic() - this.#begun);
  }

  /** What is said again is kept once, and so is what was said before the change already, as long as nothing else is. */
  #keep(asker: Asker, kept: Kept): void {
    const said = this.#states.flatMap((state) => state.said.filter((other) => isSameAsker(asker, other)));
    const here = this.#states.at(-1)?.said.find((other) => isSameAsker(asker, other));
    const last = said.at(-1)?.kept.at(-1);
    const isSame = last?.key === kept.key;
    if (here === undefined) {
      const first = isSame ? { ...last, times: 1 } : kept;
      this.#states.at(-1)?.said.push({ step: asker.step, lap: asker.lap, kept: [first], isRepeated: isSame });
    } else if (isSame) last.times += 1;
    else {
      here.isRepeated = false;
      if (here.kept.length === MOST_ANSWERS) here.kept.pop();
      here.kept.push(kept);
    }
  }
}

interface State {
  readonly change?: KeptChange;
  reached?: NonNullable<EvidenceState['reached']>;
  readonly said: Said[];
}

interface Said extends Asker {
  readonly kept: Kept[];
  /** Only what it said last before the change. */
  isRepeated: boolean;
}

interface Kept {
  readonly answer: KeptAnswer | KeptSight;
  times: number;
  /** The same for answers that say the same. */
  readonly key: string;
}

/** How often the last one was said is of no use: it is said from then on. */
function answerOf({ answer, times }: Kept, index: number, all: readonly Kept[]): KeptAnswer | KeptSight {
  return times > 1 && index < all.length - 1 ? { ...answer, times } : answer;
}

/** What was seen but for how long it took and for the date that servers put into each answer. */
function steady(seen: Interpretation<JsonObject>, output: Fields): string {
  if (seen.status === 'failed') return JSON.stringify(seen);
  const fields = Object.entries(seen.output).filter(([name]) => output[name]?.type.kind !== 'duration');
  return JSON.stringify([seen.status, fields], (name, value: unknown) => (name === 'date' ? '' : value));
}
