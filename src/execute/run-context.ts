import type { Connections } from './connections.ts';
import type { Onces } from './onces.ts';
import type { Recorder } from './record/recorder.ts';
import type { RunSetup } from './run-setup.ts';

/** What all hosts of a run share. */
export interface RunContext extends RunSetup {
  readonly recorder: Recorder;
  readonly connections: Connections;
  readonly onces: Onces;
}
