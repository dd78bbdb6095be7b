import type { JsonObject } from '../util/json.ts';
import type { Interpretation } from './action.ts';
import type { Host, HostFacts } from './host.ts';
import type { CommandEnd } from './script.ts';
import type { Asker } from './transport.ts';

/** What a real host said to each step of a runbook in one case, secrets masked: enough to play that host again. */
export interface Evidence {
  readonly runbook: string;
  readonly case: string;
  /** RFC 3339, the controller's clock when it connected: all `atMs` count from here. */
  readonly recordedAt: string;
  /** Of the program that recorded it. */
  readonly version: string;
  readonly host: KeptHost;
  readonly facts: HostFacts;
  /** Those that steps were delegated to. */
  readonly delegates: readonly { readonly host: KeptHost; readonly facts: HostFacts }[];
  /** The host before the first change, and after each one. */
  readonly states: readonly EvidenceState[];
}

export type KeptHost = Pick<Host, 'name' | 'address' | 'port' | 'user' | 'groups'>;

export interface EvidenceState {
  /** What led to it; absent in the first one. */
  readonly change?: KeptChange;
  /** A host that was reached again then, as after a restart. */
  readonly reached?: { readonly host: string; readonly facts: HostFacts };
  readonly said: readonly KeptAnswers[];
}

/** What was said to one step in one state, in its order. */
export interface KeptAnswers extends Asker {
  readonly answers: readonly (KeptAnswer | KeptSight)[];
}

interface Said {
  /** Since the host was reached. */
  readonly atMs: number;
  /** How often it was said before something else was; absent: once, or nothing else was said. */
  readonly times?: number;
}

export interface KeptChange extends Asker, KeptAnswer {
  /** The summary of what was sent. */
  readonly sent: string;
}

/** How a script ended and what it printed. */
export interface KeptAnswer extends Said {
  readonly end: CommandEnd;
  readonly stdout: string;
  readonly stderr: string;
  /** Bytes that a stream had where its text is not all of it. */
  readonly stdoutBytes?: number;
  readonly stderrBytes?: number;
}

/** What an action saw that looks from the controller. */
export interface KeptSight extends Said {
  readonly seen: Interpretation<JsonObject>;
}

/** At most so many answers of a step are kept in one state; the last one is always among them. */
export const MOST_ANSWERS = 30;

export const EVIDENCE_FORMAT = 1;

/** Pure: the same step, and the same item of its loops. */
export function isSameAsker(one: Asker, other: Asker): boolean {
  return one.step === other.step && one.lap === other.lap;
}

/** Pure: for people. */
export function askerName({ step, lap }: Asker): string {
  return lap === '' ? step : `${step} (item ${lap})`;
}
