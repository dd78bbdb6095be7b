import type { ErrorInfo } from '../model/error.ts';
import type { Host, InventoryHost } from '../model/host.ts';
import { Redactor } from '../util/redact.ts';
import { err, ok, type Result } from '../util/result.ts';
import type { Surroundings } from './surroundings.ts';

/** Decides how each host is reached: what the inventory says, and for the rest what `ssh` would do. Contacts none. */
export async function settleHosts(
  hosts: readonly InventoryHost[],
  surroundings: Surroundings,
): Promise<Result<readonly Host[], ErrorInfo>> {
  const overSsh = hosts.filter(({ connection }) => connection !== 'local');
  const { sshSettings } = await import('../transports/ssh-config/settings.ts');
  const settings = await sshSettings(overSsh, surroundings);
  if (!settings.ok) return err(masked(settings.error, hosts));
  const settled: Host[] = [];
  for (const host of hosts) {
    const { name, groups, becoming, secrets, vars, connection, hidden } = host;
    const common = { name, groups, becoming, secrets, vars, ...(hidden !== undefined && { hidden }) };
    if (connection === 'local') {
      settled.push({ ...common, connection, address: host.address, port: host.port ?? 22, user: surroundings.user });
      continue;
    }
    const ssh = settings.value.get(name);
    if (ssh === undefined) throw new Error(`${name} was not asked for`);
    settled.push({ ...common, connection, address: ssh.address, port: ssh.port, user: ssh.user, ssh });
  }
  const twice = sameMachine(settled);
  return twice === undefined ? ok(settled) : err(twice);
}

/** ssh repeats what it does not understand. */
function masked(error: ErrorInfo, hosts: readonly InventoryHost[]): ErrorInfo {
  const redactor = new Redactor(hosts.flatMap(({ hidden = [] }) => hidden));
  return { ...error, message: redactor.text(error.message) };
}

/** Two names for one machine would count it twice, and repair it twice at once. */
export function sameMachine(hosts: readonly Host[]): ErrorInfo | undefined {
  const first = new Map<string, string>();
  for (const host of hosts) {
    const { name, address, port } = host;
    const machine = machineOf(host);
    const other = first.get(machine);
    if (other === undefined) first.set(machine, name);
    else {
      const where = 'ssh' in host ? `${address} port ${port}` : 'this machine';
      const message = `${name} and ${other} are the same machine: ${where}`;
      return { code: 'same-machine', message, hint: 'choose one of the two names, or correct the inventory' };
    }
  }
  return undefined;
}

/** The same for all names of one machine, as far as the way to it tells: behind another jump host the same address is another. */
export function machineOf(host: Host): string {
  return 'ssh' in host ? JSON.stringify([host.address, host.port, host.ssh.route]) : 'this machine';
}
