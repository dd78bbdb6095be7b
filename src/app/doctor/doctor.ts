import { secretsOf } from '../../execute/record/secrets-of.ts';
import type { Complaint } from '../../model/complaint.ts';
import type { ErrorInfo } from '../../model/error.ts';
import type { BoundHost } from '../../model/host.ts';
import type { Become } from '../../model/transport.ts';
import type { Json } from '../../util/json.ts';
import { mapLimited } from '../../util/map-limited.ts';
import { Redactor } from '../../util/redact.ts';
import { ok, type Result } from '../../util/result.ts';
import { hostsOf } from '../inventory-hosts.ts';
import type { Opened } from '../open-files.ts';
import type { InventoryOptions, OpenedInventory } from '../open-inventory.ts';
import type { SecretsOptions } from '../secrets-open.ts';
import { machineOf } from '../settle-hosts.ts';
import type { Site } from '../surroundings.ts';
import { openTransports } from '../transports.ts';
import type { Trouble } from '../trouble.ts';
import { examineHost, type ExaminedHost } from './examine-host.ts';
import { readyHosts } from './ready-hosts.ts';

export interface DoctorRequest extends InventoryOptions, SecretsOptions {
  readonly pattern: string;
  readonly limit?: string | undefined;
  readonly become: Become;
  readonly forks: number;
  readonly signal: AbortSignal;
  /** Hosts with what is typed for them. */
  askPasswords(hosts: readonly BoundHost[]): Promise<Result<readonly BoundHost[], Trouble>>;
}

/**
 * Looks at hosts, all at once as far as `forks` lets it. Nothing is written there. An error: they could not be chosen, or a password was
 * not typed.
 */
export async function examine(
  request: DoctorRequest,
  inventory: Opened<OpenedInventory>,
  surroundings: Site,
): Promise<Result<readonly ExaminedHost[], Trouble>> {
  const chosen = hostsOf(inventory.value.inventory, request, surroundings);
  if (!chosen.ok) return chosen;
  const { ready, others } = await readyHosts(chosen.value, request.become, request, surroundings);
  const answered = await request.askPasswords(ready);
  if (!answered.ok) return answered;
  const transportOf = await openTransports(ready.map(({ host }) => host));
  const looked = await mapLimited(answered.value, request.forks, (each) =>
    examineHost(each, request.become, transportOf(each.host), request.signal),
  );
  const redactor = new Redactor(secretsOf(answered.value));
  const masked = looked.map((each) => redactor.json(each as unknown as Json) as unknown as ExaminedHost);
  const examined = new Map([...others, ...masked].map((each) => [each.host, each]));
  return ok(
    withTwins(
      chosen.value.flatMap(({ name }) => examined.get(name) ?? []),
      new Map(ready.map(({ host }) => [host.name, machineOf(host)])),
    ),
  );
}

/** Two names for one machine, by what it says or by the way to it (`places`): a run that is given both would refuse them. */
function withTwins(hosts: readonly ExaminedHost[], places: ReadonlyMap<string, string>): readonly ExaminedHost[] {
  const names = new Map<string, string[]>();
  const marksOf = ({ host, machine }: ExaminedHost): readonly string[] =>
    [machine, places.get(host)].filter((mark) => mark !== undefined);
  for (const each of hosts) for (const mark of marksOf(each)) names.set(mark, [...(names.get(mark) ?? []), each.host]);
  return hosts.map((examined) => {
    const others = new Set(marksOf(examined).flatMap((mark) => names.get(mark) ?? []));
    others.delete(examined.host);
    if (others.size === 0) return examined;
    return { ...examined, complaints: [twinOf([...others]), ...examined.complaints] };
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
