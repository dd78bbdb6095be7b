import { suggest } from '../../util/suggest.ts';
import { plainValue, type YamlEntry, type YamlNode } from '../yaml/node.ts';
import type { Report } from '../report.ts';
import { parseSshArguments, SSH_ARGUMENTS } from './ssh-arguments.ts';

/** The variables that decide where and how a host is reached. */
export const HONOURED = [
  'ansible_host',
  'ansible_port',
  'ansible_user',
  'ansible_ssh_private_key_file',
  'ansible_connection',
  'ansible_become_password',
  'ansible_become_pass',
  'runbook_known_hosts',
] as const;
export type HonouredVariable = (typeof HONOURED)[number];

/** Ansible's variables that change nothing for us: how it runs Python there, or what a runbook says itself (`become`). */
const WITHOUT_MEANING =
  /^ansible_(?:[a-z_]+_interpreter|(?:ssh_)?pipelining|remote_tmp|become|ssh_transfer_method|scp_if_ssh|sftp_batch_mode|shell_type|shell_executable|(?:ssh_)?retries)$/;

/** Leaving these out would reach another host, another user, or trust more than was meant. */
const REFUSED: Readonly<Record<string, string>> = {
  ansible_ssh_host: 'write ansible_host',
  ansible_ssh_port: 'write ansible_port',
  ansible_ssh_user: 'write ansible_user',
  ansible_private_key_file: 'write ansible_ssh_private_key_file',
  ansible_host_key_checking: 'host keys are always checked: put the key into known_hosts, or set runbook_known_hosts',
  ansible_ssh_host_key_checking:
    'host keys are always checked: put the key into known_hosts, or set runbook_known_hosts',
  ansible_ssh_executable: 'the connection is made without an ssh program; remove it',
  ansible_password: 'log in with a key: set ansible_ssh_private_key_file, or use an SSH agent',
  ansible_ssh_pass: 'log in with a key: set ansible_ssh_private_key_file, or use an SSH agent',
  ansible_ssh_password: 'log in with a key: set ansible_ssh_private_key_file, or use an SSH agent',
  ansible_ssh_private_key: 'put the key into a file and set ansible_ssh_private_key_file',
  ansible_ssh_private_key_passphrase: 'load the key into an SSH agent',
  ansible_sudo_pass: 'write ansible_become_password: !secret NAME',
  ansible_become_user: 'a runbook says which user it becomes (become); remove it',
  ansible_become_method: 'sudo is the only one; remove it',
  ansible_become_exe: 'sudo is the only one; remove it',
  ansible_become_flags: 'sudo is the only one; remove it',
  ansible_group_priority: 'a child group wins over its parent, then the later name; rename the groups',
};

/** Reports a variable that may not be in an inventory. The value is never repeated: it may be a password. */
export function checkVariable(name: string, { key, value }: YamlEntry, report: Report): void {
  const refusal = Object.hasOwn(REFUSED, name) ? REFUSED[name] : undefined;
  if (name === 'ansible_become_method' && plainValue(value) === 'sudo') return;
  if (SSH_ARGUMENTS.some((each) => each === name)) return checkSshArguments(value, report);
  if (refusal !== undefined) return report.error('E_UNSUPPORTED', key, `${name} is not supported`, refusal);
  if (!/^(?:ansible|runbook)_/.test(name) || isHonoured(name) || WITHOUT_MEANING.test(name)) return;
  const nearest = suggest(name, HONOURED);
  const known = `known are ${HONOURED.join(', ')}`;
  const hint = nearest === undefined ? known : `did you mean ${nearest}?`;
  report.error('E_UNKNOWN_KEY', key, `${name} is not a variable that is known here`, hint);
}

function checkSshArguments(value: YamlNode, report: Report): void {
  const read = parseSshArguments(String(plainValue(value)));
  if (!read.ok)
    report.error('E_UNSUPPORTED', value.at, read.error, 'only -o UserKnownHostsFile=FILE has an effect here');
}

const isHonoured = (name: string): boolean => HONOURED.some((each) => each === name);
