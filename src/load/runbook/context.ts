import type { Become } from '../../model/transport.ts';
import type { Severity } from '../../model/result.ts';
import type { FilesBeside } from '../files-beside.ts';
import type { Report } from '../report.ts';
import type { ReadGroupLoop } from './loop.ts';
import type { RawStep } from './raw-step.ts';
import type { RunbookTypes } from './types.ts';
import type { YamlMap } from '../yaml/node.ts';

/** What all readers of one runbook need. */
export interface RunbookContext {
  readonly report: Report;
  readonly types: RunbookTypes;
  readonly files: FilesBeside;
  readonly become: Become;
  readonly findings: ReadonlyMap<string, Severity>;
  /** Loops of groups that were read, by the group: all its steps share them. */
  readonly groupLoops: Map<YamlMap, ReadGroupLoop>;
}

/** A step with the steps whose results it can read. */
export interface StepToRead {
  readonly raw: RawStep;
  readonly visible: readonly RawStep[];
}
