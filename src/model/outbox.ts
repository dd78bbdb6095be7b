import type { ProcessId } from './event.ts';
import type { Json } from '../util/json.ts';

/** What somebody is to be told. */
export interface OutboxMessage {
  /** The same for the same occasion and receiver, so that what is put down twice is sent once. */
  readonly id: string;
  /** Name in `notify` of the configuration: the address is looked up there when it is sent. */
  readonly receiver: string;
  /** What it says. No secret is in it. */
  readonly body: Json;
  /** RFC 3339. */
  readonly createdAt: string;
}

/** `given-up`: it was tried for long enough, or was refused for good. */
export type OutboxState = 'waiting' | 'sent' | 'given-up';

export interface OutboxEntry extends OutboxMessage {
  readonly state: OutboxState;
  /** How often it was tried in vain. */
  readonly tries: number;
  /** Milliseconds since 1970. */
  readonly nextTry: number;
  /** Who sends it now, and until when nobody else does: milliseconds since 1970. */
  readonly lease?: { readonly process: ProcessId; readonly until: number };
  /** Why the last try failed, in words. */
  readonly error?: string;
  /** RFC 3339: when it was sent or given up. */
  readonly endedAt?: string;
}

/** How long ones that were sent or given up are remembered, milliseconds: longer than anybody may put the same one down again. */
export const OUTBOX_MEMORY_MS = 30 * 24 * 60 * 60_000;

/**
 * Messages on their way. Each call is one durable transaction; processes that share the store see each other's. A call that cannot
 * be kept changes nothing and throws `StoreFault`. Works on a full disk for as long as the reserve lasts.
 */
export interface Outbox {
  /** To be sent at once. False: one of that id is there, whatever became of it. Forgets what ended `OUTBOX_MEMORY_MS` before. */
  put(message: OutboxMessage): boolean;
  /** Waiting, their next try not after `now`, in nobody's hands at `now`; those that wait longest first. */
  due(now: number): readonly OutboxEntry[];
  /**
   * To be called before sending: true: until then only `by` sends it. False: it is not due any more, or another process has it. One
   * that dies leaves it to whoever asks once its time is over: the receiver may get it twice, with the same id.
   */
  lease(id: string, by: ProcessId, now: number, until: number): boolean;
  /** False, as of the next two: `by` does not have it any more, and another process says what became of it. */
  sent(id: string, by: ProcessId, at: string): boolean;
  /** Counts a try, and lets it go until `nextTry` (milliseconds since 1970). */
  failed(id: string, by: ProcessId, error: string, nextTry: number): boolean;
  giveUp(id: string, by: ProcessId, error: string, at: string): boolean;
  /** When one is due next: milliseconds since 1970. Undefined: nothing waits. */
  nextTry(): number | undefined;
  /** How many were neither sent nor given up, in whosever hands. */
  waiting(): number;
  /** Newest first. `since`: RFC 3339. */
  givenUp(since: string): readonly OutboxEntry[];
}
