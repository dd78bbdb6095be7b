import type { StepReason } from '../../model/result.ts';

export interface WaitTimes {
  readonly withinMs: number;
  readonly everyMs: number;
}

/** How a wait ended. */
export interface Waited {
  /** It came about before the time was over. */
  readonly met: boolean;
  readonly waitedMs: number;
  /** What the last look saw, for people. */
  readonly seen: string;
}

export interface CannotLook {
  readonly reason: StepReason;
  readonly message: string;
}
