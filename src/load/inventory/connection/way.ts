import type { InventoryHost } from '../../../model/host.ts';
import { NAMES } from './connection-variables.ts';
import type { HostValues } from './host-values.ts';

/** By what a host is reached. What would reach it otherwise, or whoever answers in its place, is a problem. */
export function readWay(values: HostValues): InventoryHost['connection'] {
  refuseUnchecked(values);
  refuseShell(values);
  const given = values.text(NAMES.connection, WAYS);
  const way = given?.text.replace(/^ansible\.(?:builtin|legacy)\./, '') ?? 'ssh';
  if (way === 'local' || way === 'openssh') return way;
  const isOverSsh = ['ssh', 'smart', 'paramiko', 'paramiko_ssh'].includes(way);
  if (given !== undefined && !isOverSsh)
    values.problem('E_CONNECTION', given.at, `hosts are not reached by ${given.shown} here`, WAYS);
  refuseProgram(values);
  return 'ssh';
}

const WAYS = 'ssh, openssh and local are the ones there are; choose other hosts, or leave this one out';

function refuseProgram(values: HostValues): void {
  const given = values.text(NAMES.program, 'remove it');
  if (given === undefined || ['ssh', '/usr/bin/ssh', '/bin/ssh'].includes(given.text)) return;
  const hint = 'remove it; runbook_connection: openssh takes the ssh of this machine';
  values.problem('E_UNSUPPORTED', given.at, `another program than ssh, ${given.shown}, is not run`, hint);
}

function refuseUnchecked(values: HostValues): void {
  const given = values.text(NAMES.checking, 'write true');
  if (given === undefined || /^(?:true|yes|y|on|1|t)$/i.test(given.text)) return;
  const hint =
    'put the keys into known_hosts and remove this; to take a new key once: ansible_ssh_common_args: -o StrictHostKeyChecking=accept-new';
  values.problem('E_HOST_KEY', given.at, `${given.name}: host keys are always checked`, hint);
}

function refuseShell(values: HostValues): void {
  const given = values.text(NAMES.shell, 'remove it');
  if (given === undefined || !/^(?:powershell|cmd)$/i.test(given.text)) return;
  values.problem('E_CONNECTION', given.at, `a host needs a POSIX shell, and not ${given.shown}`, 'choose other hosts');
}
