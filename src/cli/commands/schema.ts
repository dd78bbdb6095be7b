import { ACTIONS } from '../../app/actions.ts';
import { because } from '../../app/trouble.ts';
import { casesSchema, faultsSchema } from '../../load/cases/schemas.ts';
import { configurationSchema } from '../../load/configuration/schema.ts';
import { fragmentSchema, inventorySchema, runbookSchema } from '../../load/schema.ts';
import { suggest } from '../../util/suggest.ts';
import { printTrouble } from '../print-trouble.ts';
import type { Terminal } from '../terminal.ts';

const KINDS: Readonly<Record<string, () => unknown>> = {
  runbook: () => runbookSchema(ACTIONS),
  fragment: () => fragmentSchema(ACTIONS),
  inventory: () => inventorySchema(),
  config: () => configurationSchema(),
  faults: () => faultsSchema(),
  cases: () => casesSchema(),
};

/** `runbook schema`: what editors check files with. */
export function schema(kind: string, terminal: Terminal): Promise<number> {
  const make = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  if (make === undefined) {
    const nearest = suggest(kind, Object.keys(KINDS));
    const hint = nearest === undefined ? `there are ${Object.keys(KINDS).join(', ')}` : `did you mean ${nearest}?`;
    const message = `there is no schema ${JSON.stringify(kind)}`;
    return Promise.resolve(printTrouble(because({ code: 'usage', message, hint }), terminal, false));
  }
  terminal.out.print(`${JSON.stringify(make(), undefined, 2)}\n`);
  return Promise.resolve(0);
}
