import type { Json } from '../../util/json.ts';

/** A JSON Schema, draft 7: the one that editors know best. */
export interface JsonSchema {
  readonly [keyword: string]: Json;
}
