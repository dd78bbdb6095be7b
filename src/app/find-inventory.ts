import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ErrorInfo } from '../model/error.ts';
import { err, ok, type Result } from '../util/result.ts';
import { fromHere } from './find-runbook.ts';
import type { Surroundings } from './surroundings.ts';

const SYSTEM_INVENTORY = '/etc/runbook/inventory.yaml';
const MAKE_ONE = `printf 'all:\\n  hosts:\\n    web01:\\n      ansible_host: 192.0.2.10\\n' > inventory.yaml`;

/**
 * The inventory to use: `-i`, `$RUNBOOK_INVENTORY`, `./inventory.yaml`, `/etc/runbook/inventory.yaml`; the first that is given
 * or there. One that is given and not there is not passed over: reading it fails.
 */
export function findInventory(option: string | undefined, surroundings: Surroundings): Result<string, ErrorInfo> {
  if (option !== undefined) return ok(fromHere(option, surroundings));
  const variable = surroundings.environment['RUNBOOK_INVENTORY'] ?? '';
  if (variable !== '') return ok(fromHere(variable, surroundings));
  if (existsSync(join(surroundings.directory, 'inventory.yaml'))) return ok(fromHere('inventory.yaml', surroundings));
  if (existsSync(SYSTEM_INVENTORY)) return ok(SYSTEM_INVENTORY);
  return err({
    code: 'usage',
    message: [
      'there is no inventory; looked at',
      '-i FILE                      (not given)',
      '$RUNBOOK_INVENTORY           (not set)',
      './inventory.yaml             (not there)',
      `${SYSTEM_INVENTORY}  (not there)`,
    ].join('\n  '),
    hint: `make one with the hosts you have:\n${MAKE_ONE}\nor work on this machine itself: add --local`,
  });
}
