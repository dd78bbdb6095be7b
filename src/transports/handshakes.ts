import { setTimeout as pause } from 'node:timers/promises';
import { Limiter } from '../util/limiter.ts';
import { err, type Result } from '../util/result.ts';
import type { Failure, SshError } from './failure.ts';

const AT_ONCE = 20;
const TRIES = 6;
const BACKOFF_MS = 250;

/** sshd drops bursts: only so many hosts are in the handshake at once, and who was dropped is tried again later. */
export class Handshakes {
  readonly #limiter: Limiter;

  constructor(atOnce = AT_ONCE) {
    this.#limiter = new Limiter(atOnce);
  }

  /** Tries again what was surely no answer of the host. Waiting ends with `signal`; a try must end with it by itself. */
  async run<T>(attempt: () => Promise<Result<T, Failure>>, signal: AbortSignal): Promise<Result<T, SshError>> {
    for (let round = 1; ; round += 1) {
      const outcome = await this.#limiter.run(attempt);
      if (outcome.ok) return outcome;
      if (!outcome.error.again || round === TRIES) return err(outcome.error.error);
      await pause(BACKOFF_MS * 2 ** round * Math.random(), undefined, { signal }).catch(() => undefined);
    }
  }
}
