import type { ErrorInfo } from '../model/error.ts';
import type { BoundHost, Host } from '../model/host.ts';
import type { Runbook } from '../model/runbook.ts';
import { bindDelegates, type Delegation } from '../plan/delegates.ts';
import { err, ok, type Result } from '../util/result.ts';
import { problemsOf } from './hosts-without-way.ts';
import type { HostSource } from './open-hosts.ts';
import { sameMachine, settleHosts } from './settle-hosts.ts';
import type { Surroundings } from './surroundings.ts';

interface WithDelegates {
  /** Hosts of the run, each with those that steps may be delegated to for it. */
  readonly hosts: readonly BoundHost[];
  /** Those of them that are no hosts of the run. */
  readonly delegates: readonly BoundHost[];
}

/** Finds the hosts that steps may be delegated to, in the inventory, and decides how they are reached. Contacts none. */
export async function findDelegates(
  runbook: Runbook,
  hosts: readonly BoundHost[],
  source: Pick<HostSource, 'named'>,
  surroundings: Surroundings,
): Promise<Result<WithDelegates, ErrorInfo>> {
  const bound = bindDelegates(runbook, hosts);
  if (!bound.ok) return bound;
  const ofRun = new Set(hosts.map(({ host }) => host.name));
  const wanted = new Map(bound.value.delegations.toReversed().map((delegation) => [delegation.to, delegation]));
  const others = [...wanted].filter(([name]) => !ofRun.has(name));
  if (others.length === 0) return ok({ hosts: bound.value.hosts, delegates: [] });
  const found = others.map(([name, delegation]) => {
    const host = source.named(name);
    return host.ok ? host : err(about(delegation, host.error));
  });
  const missing = found.find((host) => !host.ok);
  if (missing?.ok === false) return missing;
  const named = found.flatMap((host) => (host.ok ? [host.value] : []));
  const problem = problemsOf(named).find(({ severity }) => severity === 'error');
  if (problem !== undefined) {
    const hint = problem.hint === undefined ? {} : { hint: problem.hint };
    return err({ code: 'bad-file', message: `a step is delegated to ${problem.message}`, ...hint });
  }
  const settled = await settleHosts(named, surroundings);
  if (!settled.ok) return settled;
  const twice = sameMachine([...hosts.map(({ host }) => host), ...settled.value]);
  if (twice !== undefined) return err(twice);
  return ok({ hosts: bound.value.hosts, delegates: settled.value.map(asDelegate) });
}

const asDelegate = (host: Host): BoundHost => ({ host, params: {}, secrets: {} });

function about({ step, host, to }: Delegation, error: ErrorInfo): ErrorInfo {
  return { ...error, message: `${step} is delegated to ${JSON.stringify(to)} for ${host}: ${error.message}` };
}
