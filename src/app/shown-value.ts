import type { SourceRange } from '../model/source.ts';
import type { Json } from '../util/json.ts';

/** A value, and what it comes from: `$RUNBOOK_SECRETS`, a file, or the program itself. */
export interface ShownValue {
  readonly value: Json;
  /** In words; of what stands in a configuration the file. */
  readonly from: string;
  readonly at?: SourceRange;
}
