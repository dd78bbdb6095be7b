import type { Complaint } from '../../model/complaint.ts';
import type { ErrorInfo } from '../../model/error.ts';
import type { BoundHost, Host, InventoryHost } from '../../model/host.ts';
import type { Diagnostic } from '../../model/source.ts';
import type { Become } from '../../model/transport.ts';
import { execRunbook } from '../../plan/exec-runbook.ts';
import { fillSecrets, neededSecrets } from '../../plan/fill-secrets.ts';
import { mapLimited } from '../../util/map-limited.ts';
import { err, ok, type Result } from '../../util/result.ts';
import { ACTIONS } from '../actions.ts';
import { checkBecomePasswords } from '../become-password.ts';
import { hostsOf } from '../inventory-hosts.ts';
import type { Opened } from '../open-files.ts';
import type { InventoryOptions, OpenedInventory } from '../open-inventory.ts';
import { lookUpSecrets } from '../secrets.ts';
import type { SecretsOptions } from '../secrets-open.ts';
import { settleHosts } from '../settle-hosts.ts';
import type { Surroundings } from '../surroundings.ts';
import { openTransports } from '../transports.ts';
import { because, type Trouble } from '../trouble.ts';
import { examineHost, type ExaminedHost } from './examine-host.ts';

export interface DoctorRequest extends InventoryOptions, SecretsOptions {
  readonly pattern: string;
  readonly limit?: string | undefined;
  readonly become: Become;
  readonly forks: number;
  readonly signal: AbortSignal;
}

/** Looks at hosts, all at once as far as `forks` lets it. Nothing is written there. An error: they could not be chosen. */
export async function examine(
  request: DoctorRequest,
  inventory: Opened<OpenedInventory>,
  surroundings: Surroundings,
): Promise<Result<readonly ExaminedHost[], Trouble>> {
  const chosen = hostsOf(inventory.value.inventory, request, surroundings);
  if (!chosen.ok) return chosen;
  const examined = new Map<string, ExaminedHost>();
  const reachable: Host[] = [];
  for (const host of chosen.value) {
    const settled = await settle(host, surroundings);
    if (settled.ok) reachable.push(settled.value);
    else examined.set(host.name, settled.error);
  }
  const bound = await withSecrets(reachable, request, surroundings);
  if (!bound.ok) return bound;
  const transportOf = await openTransports(reachable);
  await mapLimited(bound.value, request.forks, async (each) => {
    const { host } = each;
    examined.set(host.name, await examineHost(each, request.become, transportOf(host), request.signal));
  });
  return ok(withTwins(chosen.value.flatMap(({ name }) => examined.get(name) ?? [])));
}

async function settle(host: InventoryHost, surroundings: Surroundings): Promise<Result<Host, ExaminedHost>> {
  const errors = host.problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) return err({ host: host.name, complaints: errors.map(complaintOf) });
  const settled = await settleHosts([host], surroundings);
  if (!settled.ok) return err({ host: host.name, complaints: [], error: settled.error });
  const [only] = settled.value;
  if (only === undefined) throw new Error(`${host.name} was not settled`);
  return ok(only);
}

function complaintOf({ message, hint, at }: Diagnostic): Complaint {
  const what = `${message} (${at.file}:${at.start.line})`;
  return { severity: 'problem', what, fix: hint ?? 'correct the inventory' };
}

/** As a run would have them that becomes this user. */
async function withSecrets(
  hosts: readonly Host[],
  request: DoctorRequest,
  surroundings: Surroundings,
): Promise<Result<readonly BoundHost[], Trouble>> {
  const command = { command: { argv: ['true'] }, reads: true, become: request.become, timeoutMs: 1, limits: {} };
  const runbook = execRunbook(command, request.pattern, ACTIONS);
  const bound = hosts.map((host) => ({ host, params: {}, secrets: {} }));
  const secrets = await lookUpSecrets(neededSecrets(runbook, bound), request, surroundings);
  if (!secrets.ok) return secrets;
  const filled = fillSecrets(runbook, bound, secrets.value);
  const wrong = checkBecomePasswords(filled);
  return wrong === undefined ? ok(filled) : err(because(wrong));
}

/** Two names for one machine: a run that is given both would refuse them. */
function withTwins(hosts: readonly ExaminedHost[]): readonly ExaminedHost[] {
  const names = new Map<string, string[]>();
  for (const { host, machine } of hosts)
    if (machine !== undefined) names.set(machine, [...(names.get(machine) ?? []), host]);
  return hosts.map((examined) => {
    const others = names.get(examined.machine ?? '')?.filter((name) => name !== examined.host) ?? [];
    return others.length === 0 ? examined : { ...examined, complaints: [twinOf(others), ...examined.complaints] };
  });
}

function twinOf(others: readonly string[]): Complaint {
  return {
    severity: 'problem',
    what: `it is the same machine as ${others.join(', ')}`,
    why: 'a run that is given both refuses them: it would repair one machine twice at once',
    fix: 'keep one of the names in the inventory',
  };
}

/** What an error of a host says, as a complaint. */
export function complaintOfError({ message, hint }: ErrorInfo): Complaint {
  return { severity: 'problem', what: message, fix: hint ?? 'ssh -v tells more' };
}
