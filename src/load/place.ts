import type { PhaseName } from '../model/runbook.ts';
import type { TypedScope } from './expression/typed-scope.ts';
import type { FilesBeside } from './files-beside.ts';
import type { Report } from './report.ts';

/** Where in a runbook something is read: what names mean there, and who is told what is wrong. */
export interface Place {
  readonly typed: TypedScope;
  readonly report: Report;
  readonly phase: PhaseName;
  /** Only where a step's params are read. */
  readonly files?: FilesBeside;
}
