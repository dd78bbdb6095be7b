import type { Occurrence } from '../model/occurrence.ts';

/** Something that happens in `serve`, for whoever reads its log. */
export interface ServeEvent {
  readonly level: 'info' | 'warning' | 'error';
  readonly type:
    | 'started'
    | 'ended'
    | 'failed'
    | 'interrupted'
    | 'left'
    | 'queued'
    | 'skipped'
    | 'missed'
    | 'replaced'
    | 'corrected'
    | 'adopted'
    | 'store'
    | 'configuration'
    | 'notification'
    | 'serve';
  /** For people, one line without a control character once it is printed. The occurrence stands before it. */
  readonly message: string;
  readonly occurrence?: Occurrence;
  readonly runId?: string;
  readonly exitCode?: number;
}

export type Say = (event: ServeEvent) => void;
