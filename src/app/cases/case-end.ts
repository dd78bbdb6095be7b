import type { Case, CaseResult } from '../../model/case.ts';
import type { HostStories } from '../../reporters/host-story.ts';

/** What came of a case. */
export interface CaseEnd {
  readonly case: Case;
  /** The real host it was on; absent: it was played from evidence. */
  readonly host?: string;
  readonly state: 'holds' | 'fails' | 'no-evidence' | 'interrupted';
  /** What is not as it has to be, in words; empty when the case holds. */
  readonly problems: readonly string[];
  readonly came?: CaseResult;
  /** What a person should know though the case holds. */
  readonly notes: readonly string[];
  /** The run, for who reads why. */
  readonly run?: HostStories;
  readonly durationMs: number;
}
