/** Time as an argument, so that every wait of the engine runs in virtual time in tests. */
export interface Clock {
  /** Milliseconds since 1970, for records. */
  now(): number;
  /** Milliseconds from an arbitrary start that never jump, for durations and deadlines. */
  monotonic(): number;
  /** Resolves after so many milliseconds, or at once when `signal` is aborted. Never rejects. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}
