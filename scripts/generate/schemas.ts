import { casesSchema, faultsSchema } from '../../src/load/cases/schemas.ts';
import { configurationSchema } from '../../src/load/configuration/schema.ts';
import { fragmentSchema, inventorySchema, runbookSchema } from '../../src/load/schema.ts';
import type { DeclaredAction } from './action-files.ts';
import type { GeneratedFile } from './generated-file.ts';

/** For editors: completion, hover texts and first errors while a file is written. */
export function schemas(declared: readonly DeclaredAction[]): readonly GeneratedFile[] {
  const actions = new Map(declared.map(({ action }) => [action.name, action]));
  return [
    { path: 'schemas/runbook.schema.json', content: JSON.stringify(runbookSchema(actions)) },
    { path: 'schemas/fragment.schema.json', content: JSON.stringify(fragmentSchema(actions)) },
    { path: 'schemas/inventory.schema.json', content: JSON.stringify(inventorySchema()) },
    { path: 'schemas/config.schema.json', content: JSON.stringify(configurationSchema()) },
    { path: 'schemas/faults.schema.json', content: JSON.stringify(faultsSchema()) },
    { path: 'schemas/cases.schema.json', content: JSON.stringify(casesSchema()) },
  ];
}
