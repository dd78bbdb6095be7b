import type { Become } from '../../model/transport.ts';
import type { Severity } from '../../model/result.ts';
import type { FilesBeside } from '../files-beside.ts';
import type { Report } from '../report.ts';
import type { Frame } from './frame.ts';
import type { ReadGroupLoop } from './loop.ts';
import type { RawStep } from './raw-step.ts';
import type { RunbookTypes } from './types.ts';

/** What all readers of one runbook need. Report, types and files are those of the frame that is read. */
export interface RunbookContext {
  readonly report: Report;
  readonly types: RunbookTypes;
  readonly files: FilesBeside;
  readonly become: Become;
  readonly findings: ReadonlyMap<string, Severity>;
  /** All steps, those of `undo` lists too. */
  readonly raw: readonly RawStep[];
  /** Loops of groups that were read, by the group's place: all its steps share them. */
  readonly groupLoops: Map<string, ReadGroupLoop>;
  /** Fragments whose includes were read: all steps of one share its types. */
  readonly entered: Map<Frame, RunbookTypes>;
  /** A fragment is checked by itself: what its include would say is not asked for. */
  readonly isFragment?: true;
}

/** A step with the steps whose results it can read. */
export interface StepToRead {
  readonly raw: RawStep;
  readonly visible: readonly RawStep[];
}
