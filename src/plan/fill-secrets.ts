import type { BoundHost, HostSecrets } from '../model/host.ts';
import type { Runbook, Step } from '../model/runbook.ts';
import { SecretName } from '../model/scalar-literal.ts';
import type { Secret } from '../util/secret.ts';

/** Secrets that a run needs, each with the first thing it is for: `the param token`. */
export type NeededSecrets = ReadonlyMap<string, string>;

/**
 * Names only what wins: a secret that no host gets in the end need not exist. The password for sudo only where another user is
 * become, the others only for hosts over SSH.
 */
export function neededSecrets(runbook: Runbook, hosts: readonly BoundHost[]): NeededSecrets {
  const needed = new Map<string, string>();
  const need = (name: string, use: string): void => {
    if (!needed.has(name)) needed.set(name, use);
  };
  const becomes = becomesAnother(runbook);
  for (const { host, params } of hosts) {
    for (const [param, value] of Object.entries(params)) {
      if (value instanceof SecretName) need(value.name, `the param ${param}`);
    }
    for (const use of SECRET_USES) {
      const isUsed = use === 'becomePassword' ? becomes : 'ssh' in host;
      const given = isUsed ? host.secrets[use] : undefined;
      if (given instanceof SecretName) need(given.name, VARIABLES[use]);
    }
  }
  return needed;
}

type SecretUse = keyof HostSecrets<unknown>;

const VARIABLES: Readonly<Record<SecretUse, string>> = {
  becomePassword: 'ansible_become_password',
  loginPassword: 'ansible_password',
  keyPassphrase: 'ansible_ssh_private_key_passphrase',
};
const SECRET_USES = Object.keys(VARIABLES) as readonly SecretUse[];

/**
 * Puts the values where their names stand, and the password for another user only where one is become. Each name that
 * `neededSecrets` gave must be among the values.
 */
export function fillSecrets(
  runbook: Runbook,
  hosts: readonly BoundHost[],
  values: ReadonlyMap<string, Secret>,
): readonly BoundHost[] {
  const becomes = becomesAnother(runbook);
  return hosts.map((bound) => {
    const { host, params } = bound;
    const filled = Object.entries(params).map(([name, value]) => [name, fill(value, values)] as const);
    const { becomePassword, ...others } = host.secrets;
    const used = becomes && becomePassword !== undefined ? { ...others, becomePassword } : others;
    return { ...bound, params: Object.fromEntries(filled), secrets: secretsOf(used, values) };
  });
}

function secretsOf(given: HostSecrets<SecretName | Secret>, values: ReadonlyMap<string, Secret>): HostSecrets<Secret> {
  const found = SECRET_USES.map((use) => {
    const secret = given[use];
    return [use, secret instanceof SecretName ? values.get(secret.name) : secret] as const;
  });
  return Object.fromEntries(found.filter(([, secret]) => secret !== undefined));
}

function fill(value: unknown, values: ReadonlyMap<string, Secret>): unknown {
  if (!(value instanceof SecretName)) return value;
  const secret = values.get(value.name);
  if (secret === undefined) throw new Error(`the secret ${value.name} was not looked up`);
  return secret;
}

/** Does any step run as another user than the one that logs in? */
function becomesAnother(runbook: Runbook): boolean {
  const { become, diagnose, fix, verify, rollback } = runbook;
  const steps = [...diagnose, ...fix, ...(verify?.steps ?? []), ...rollback];
  return become !== false || steps.some(stepBecomes);
}

const stepBecomes = ({ become, undo }: Step): boolean =>
  become !== false || (undo.kind === 'steps' && undo.steps.some(stepBecomes));
