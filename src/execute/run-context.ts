import type { Connections } from './connections.ts';
import type { Onces } from './onces.ts';
import type { RecordedRun } from './run-setup.ts';

/** What all hosts of a run share. */
export interface RunContext extends RecordedRun {
  readonly connections: Connections;
  readonly onces: Onces;
}
