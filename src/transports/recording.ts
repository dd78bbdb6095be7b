import type { Action } from '../model/action.ts';
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
import { ok } from '../util/result.ts';

/** Keeps what one host says while a run goes on there. */
export class Recording {
  readonly #clock: Pick<Clock, 'now' | 'monotonic'>;
  readonly #states: {
    change?: KeptChange;
    said: { step: string; lap: string; answers: (KeptAnswer | KeptSight)[] }[];
  }[] = [{ said: [] }];
  /** What these ask for is part of what they see. */
  readonly #looking = new Set<Asker>();
  #facts: HostFacts | undefined;
  #begun = 0;
  #recordedAt = 0;

  constructor(clock: Pick<Clock, 'now' | 'monotonic'>) {
    this.#clock = clock;
  }

  /** Absent until the host was reached. */
  get facts(): HostFacts | undefined {
    return this.#facts;
  }

  /** RFC 3339: when the host was reached. */
  get recordedAt(): string {
    return new Date(this.#recordedAt).toISOString();
  }

  get states(): readonly EvidenceState[] {
    return this.#states;
  }

  /** The transport, with what its host says kept. */
  wrap(transport: Transport): Transport {
    return {
      connect: async (host, options, signal) => {
        const connected = await transport.connect(host, options, signal);
        if (!connected.ok) return connected;
        if (this.#facts === undefined) {
          this.#begun = this.#clock.monotonic();
          this.#recordedAt = this.#clock.now();
        }
        this.#facts ??= connected.value.facts;
        return ok(this.#wrapConnection(connected.value));
      },
    };
  }

  /** The action; what it sees from here by looking through a connection is kept as it understood it. */
  wrapAction(action: Action): Action {
    const { work } = action;
    if (work.kind !== 'probe') return action;
    const probe: typeof work.probe = async (params, context) => {
      let looked = false;
      const { asker } = context;
      this.#looking.add(asker);
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
      this.#looking.delete(asker);
      if (looked) this.#keep(asker, { atMs: this.#at(), seen });
      return seen;
    };
    return { ...action, work: { ...work, probe } };
  }

  #wrapConnection(connection: Connection): Connection {
    return {
      ...nothingSecret(connection),
      read: async (request, signal) => {
        const result = await connection.read(request, signal);
        if (request.asker !== undefined && !this.#isLooking(request.asker))
          this.#keep(request.asker, this.#answer(result));
        return result;
      },
      change: async (request, signal) => {
        const result = await connection.change(request, signal);
        const { asker, script } = request;
        if (asker !== undefined)
          this.#states.push({ change: { ...asker, sent: script.summary, ...this.#answer(result) }, said: [] });
        return result;
      },
      lock: (note, signal) => connection.lock(note, signal),
      dial: (address, port, signal) => connection.dial(address, port, signal),
      close: () => connection.close(),
    };
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

  #keep(asker: Asker, answer: KeptAnswer | KeptSight): void {
    const said = this.#states.at(-1)?.said ?? [];
    const entry = said.find((other) => isSameAsker(asker, other));
    if (entry === undefined) said.push({ ...asker, answers: [answer] });
    else if (!isSameAnswer(entry.answers.at(-1), answer)) {
      if (entry.answers.length === MOST_ANSWERS) entry.answers.pop();
      entry.answers.push(answer);
    }
  }
}

const nothingSecret = ({ facts, chosen, hostKey, learned }: Connection) => ({
  facts,
  ...(chosen !== undefined && { chosen }),
  ...(hostKey !== undefined && { hostKey }),
  ...(learned !== undefined && { learned }),
});

function isSameAnswer(one: KeptAnswer | KeptSight | undefined, other: KeptAnswer | KeptSight): boolean {
  return JSON.stringify({ ...one, atMs: 0 }) === JSON.stringify({ ...other, atMs: 0 });
}
