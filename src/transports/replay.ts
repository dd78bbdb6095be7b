import type { Action, Interpretation } from '../model/action.ts';
import type { Clock } from '../model/clock.ts';
import {
  askerName,
  isSameAsker,
  type Evidence,
  type KeptAnswer,
  type KeptAnswers,
  type KeptSight,
} from '../model/evidence.ts';
import type { HostFacts } from '../model/host.ts';
import type { CommandResult, Output } from '../model/script.ts';
import type { Asker } from '../model/transport.ts';
import type { JsonObject } from '../util/json.ts';
import type { SimulatedHost, SimulatedRequest } from './memory.ts';
import { endedWithoutOutput, outputOf } from './output.ts';

/**
 * A host that answers each step with what a real one said to it, before the first change and after each one, and at the time it
 * did: the clock goes on to that moment. What was never said is not made up: it is `not-started`, and told in `unknown`.
 */
export class Replay {
  /** By name: the host itself, and those that steps were delegated to. */
  readonly hosts: ReadonlyMap<string, SimulatedHost>;
  /** What was asked and is not in the record, in words. */
  readonly unknown: string[] = [];
  /** Changes that are sent otherwise than when they were recorded. */
  readonly otherwise = new Set<string>();
  readonly #evidence: Evidence;
  readonly #clock: Clock;
  readonly #begun: number;
  #state = 0;
  /** How many answers of each step were given in this state. */
  #given = new Map<KeptAnswers, number>();

  constructor(evidence: Evidence, clock: Clock) {
    this.#evidence = evidence;
    this.#clock = clock;
    this.#begun = clock.monotonic();
    const respond = (request: SimulatedRequest): Promise<CommandResult> => this.#respond(request);
    const all = [{ host: evidence.host, facts: evidence.facts }, ...evidence.delegates];
    const factsOf = (name: string, first: HostFacts): HostFacts => this.#factsOf(name, first);
    this.hosts = new Map(
      all.map(({ host: { name }, facts }) => [
        name,
        {
          respond,
          get facts() {
            return factsOf(name, facts);
          },
        },
      ]),
    );
  }

  /** The change that came next when it was recorded and is not sent any more, in words; none: all were sent. */
  get unsent(): readonly string[] {
    const change = this.#evidence.states[this.#state + 1]?.change;
    if (change === undefined) return [];
    return [`${askerName(change)} was sent when it was recorded, and is not any more: record it anew`];
  }

  /** As it was when it was reached last. */
  #factsOf(name: string, first: HostFacts): HostFacts {
    const states = this.#evidence.states.slice(0, this.#state + 1);
    return states.findLast(({ reached }) => reached?.host === name)?.reached?.facts ?? first;
  }

  async #respond({ asker, effect, script, signal }: SimulatedRequest): Promise<CommandResult> {
    if (asker === undefined) return endedWithoutOutput({ how: 'not-started', why: 'nobody asks' });
    const answer = effect === 'changes' ? this.#change(asker, script.summary) : this.#next(asker);
    if (answer === undefined || 'seen' in answer) {
      return endedWithoutOutput({ how: 'not-started', why: this.#missing(asker) });
    }
    await this.#until(answer.atMs, signal);
    const { end, stdout, stderr, stdoutBytes, stderrBytes } = answer;
    return { end, stdout: textOf(stdout, stdoutBytes), stderr: textOf(stderr, stderrBytes), durationMs: 0 };
  }

  /** The action; where it would look through the connection, it sees what was seen then. */
  wrapAction(action: Action): Action {
    const { work } = action;
    if (work.kind !== 'probe') return action;
    const probe: typeof work.probe = (params, context) =>
      new Promise((resolve, reject) => {
        const recall = (): Promise<never> => {
          this.#recall(context.asker, context.signal).then(resolve, reject);
          return new Promise(() => undefined);
        };
        work.probe(params, { ...context, dial: recall, read: recall }).then(resolve, reject);
      });
    return { ...action, work: { ...work, probe } };
  }

  async #recall(asker: Asker, signal: AbortSignal): Promise<Interpretation<JsonObject>> {
    const answer = this.#next(asker);
    if (answer === undefined || !('seen' in answer)) {
      return { status: 'failed', reason: 'cannot-start', error: this.#missing(asker) };
    }
    await this.#until(answer.atMs, signal);
    return answer.seen;
  }

  #change(asker: Asker, summary: string): KeptAnswer | undefined {
    const change = this.#evidence.states[this.#state + 1]?.change;
    if (change === undefined || !isSameAsker(change, asker)) return undefined;
    if (change.sent !== summary) this.otherwise.add(askerName(asker));
    this.#state += 1;
    this.#given = new Map();
    return change;
  }

  #next(asker: Asker): KeptAnswer | KeptSight | undefined {
    const here = this.#saidIn(this.#state, asker);
    if (here !== undefined) {
      const given = this.#given.get(here) ?? 0;
      this.#given.set(here, given + 1);
      return answerAfter(here.answers, given);
    }
    for (let state = this.#state - 1; state >= 0; state--) {
      const before = this.#saidIn(state, asker);
      if (before !== undefined) return before.answers.at(-1);
    }
    return undefined;
  }

  #saidIn(state: number, asker: Asker): KeptAnswers | undefined {
    return this.#evidence.states[state]?.said.find((said) => isSameAsker(said, asker));
  }

  #missing(asker: Asker): string {
    const { change } = this.#evidence.states[this.#state] ?? {};
    const moment = change === undefined ? 'before the first change' : `after ${askerName(change)}`;
    const words = `the evidence has no ${askerName(asker)} ${moment}: record it anew`;
    this.unknown.push(words);
    return words;
  }

  async #until(atMs: number, signal: AbortSignal): Promise<void> {
    const left = this.#begun + atMs - this.#clock.monotonic();
    if (left > 0) await this.#clock.sleep(left, signal);
  }
}

/** The one that follows so many; the last one from then on. */
function answerAfter(answers: KeptAnswers['answers'], given: number): KeptAnswer | KeptSight | undefined {
  let left = given;
  for (const answer of answers) {
    left -= answer.times ?? 1;
    if (left < 0) return answer;
  }
  return answers.at(-1);
}

function textOf(text: string, bytes: number | undefined): Output {
  const output = outputOf(text);
  return bytes === undefined ? output : { ...output, bytes, truncated: true };
}
