import type { Complaint } from '../../model/complaint.ts';
import type { BoundHost, Host, InventoryHost } from '../../model/host.ts';
import type { Diagnostic } from '../../model/source.ts';
import type { Become } from '../../model/transport.ts';
import { execRunbook } from '../../plan/exec-runbook.ts';
import { fillSecrets, neededSecrets } from '../../plan/fill-secrets.ts';
import { err, ok, type Result } from '../../util/result.ts';
import { ACTIONS } from '../actions.ts';
import { checkBecomePasswords } from '../become-password.ts';
import { openVaults } from '../open-vaults.ts';
import { lookUpSecrets } from '../secrets.ts';
import type { SecretsOptions } from '../secrets-open.ts';
import { settleHosts } from '../settle-hosts.ts';
import type { Site } from '../surroundings.ts';
import type { Trouble } from '../trouble.ts';
import type { ExaminedHost } from './examine-host.ts';

export interface ReadyHosts {
  /** As a run would have them. */
  readonly ready: readonly BoundHost[];
  /** Those for which a run would not even connect, and why. */
  readonly others: readonly ExaminedHost[];
}

/** What a run finds out about hosts before it contacts them, each by itself: one that is not right keeps no other from being looked at. */
export async function readyHosts(
  hosts: readonly InventoryHost[],
  become: Become,
  options: SecretsOptions,
  surroundings: Site,
): Promise<ReadyHosts> {
  const others: ExaminedHost[] = [];
  const ready: BoundHost[] = [];
  const written = hosts.filter(({ name, problems }) => {
    const errors = problems.filter(({ severity }) => severity === 'error');
    if (errors.length > 0) others.push({ host: name, complaints: errors.map(inFile) });
    return errors.length === 0;
  });
  for (const host of await settleEach(written, surroundings)) {
    const bound = host.ok ? await withSecrets(host.value, become, options, surroundings) : host;
    if (bound.ok) ready.push(bound.value);
    else others.push(bound.error);
  }
  return { ready, others };
}

/** Together as long as all are right: they share the questions to ssh. */
async function settleEach(
  hosts: readonly InventoryHost[],
  surroundings: Site,
): Promise<readonly Result<Host, ExaminedHost>[]> {
  const all = await settleHosts(hosts, surroundings);
  if (all.ok) return all.value.map((host) => ok(host));
  const [only] = hosts;
  if (hosts.length === 1 && only !== undefined) return [err({ host: only.name, complaints: [], error: all.error })];
  const each = await Promise.all(hosts.map((host) => settleEach([host], surroundings)));
  return each.flat();
}

async function withSecrets(
  host: Host,
  become: Become,
  options: SecretsOptions,
  surroundings: Site,
): Promise<Result<BoundHost, ExaminedHost>> {
  const refuse = (complaints: readonly Complaint[]) => err({ host: host.name, complaints });
  const command = { command: { argv: ['true'] }, reads: true, become, timeoutMs: 1, limits: {} };
  const runbook = execRunbook(command, host.name, ACTIONS);
  const bound = [{ host, params: {}, secrets: {} }];
  const secrets = await lookUpSecrets(neededSecrets(runbook, bound), options, surroundings);
  if (!secrets.ok) return refuse(complaintsOfTrouble(secrets.error));
  const opened = await openVaults(fillSecrets(runbook, bound, secrets.value));
  if (!opened.ok) return refuse(opened.error.map(inFile));
  const wrong = checkBecomePasswords(opened.value);
  if (wrong !== undefined) return refuse([{ severity: 'problem', what: wrong.message, fix: wrong.hint ?? '' }]);
  const [only] = opened.value;
  if (only === undefined) throw new Error(`${host.name} got lost`);
  return ok(only);
}

/** What keeps a command from its work, as complaints. */
export function complaintsOfTrouble({ diagnostics, errors }: Trouble): readonly Complaint[] {
  const fix = 'runbook inventory list shows what is read';
  return [
    ...diagnostics.filter(({ severity }) => severity === 'error').map(inFile),
    ...errors.map(({ message, hint = fix }): Complaint => ({ severity: 'problem', what: message, fix: hint })),
  ];
}

function inFile({ message, hint, at }: Diagnostic): Complaint {
  const what = `${message} (${at.file}:${at.start.line})`;
  return { severity: 'problem', what, fix: hint ?? 'correct the file' };
}
