import type { Host, InventoryHost, SshHost } from '../model/host.ts';
import { SecretName } from '../model/scalar-literal.ts';
import type { Inventory } from '../model/inventory.ts';
import type { HostKeySettings, LoginSettings, SshHop } from '../model/ssh-settings.ts';
import { Redactor } from '../util/redact.ts';
import { entry, type Paper } from './text.ts';

/** How a host is reached, all decided, for the person who wonders why it is not. Undefined: not as it is written. */
export function renderReach(
  host: Host | undefined,
  written: InventoryHost,
  variables: Inventory['variables'],
  paper: Paper,
): string {
  const hidden = new Redactor(written.hidden ?? []);
  const facts: readonly (readonly [string, string])[] = [
    ...reachFacts(host).map(([name, text]) => [name, hidden.text(text)] as const),
    ['becomes', becoming(written)],
    ['groups', written.groups.join(' ') || 'none'],
    ['variables', countOf(variables(written.name), written)],
  ];
  const lines = facts.map(([name, text]) => `${entry(name, WIDTH, text, paper)}\n`);
  return `${paper.style('strong', written.name)}\n${lines.join('')}`;
}

function reachFacts(host: Host | undefined): readonly (readonly [string, string])[] {
  if (host === undefined) return [['reached as', 'it cannot be reached as it is written: see above']];
  return 'ssh' in host ? sshFacts(host) : [['reached as', 'this machine itself, without a connection']];
}

const WIDTH = 11;

function sshFacts({ ssh, connection }: SshHost): readonly (readonly [string, string])[] {
  const { route } = ssh;
  const beyond = ssh.beyond.length === 0 ? '' : `, because ${ssh.beyond.join(', and ')}`;
  return [
    ['reached as', at(ssh)],
    ...(route.kind === 'jumps'
      ? [['through', route.hops.map((hop) => `${hop.name} (${at(hop)})`).join(', then ')] as const]
      : []),
    ...(route.kind === 'command' ? [['through', `the command ${route.command}`] as const] : []),
    ['by', connection === 'openssh' || beyond !== '' ? `the program ssh${beyond}` : 'our own ssh client'],
    ['host key', hostKey(ssh.hostKeys)],
    ['login', login(ssh.login)],
  ];
}

const at = ({ user, address, port }: SshHop): string => `${user}@${address} port ${port}`;

function hostKey({ alias, userFiles, globalFiles, unknown }: HostKeySettings): string {
  const name = alias === undefined ? '' : `looked for as ${alias} `;
  const rule = unknown === 'add' ? 'a new one is added' : 'an unknown one is refused';
  return `${name}in ${[...userFiles, ...globalFiles].join(', ') || 'no file'}; ${rule}`;
}

function login({ keyFiles, onlyThese, agent, methods }: LoginSettings): string {
  const named = keyFiles.filter(({ isDefault }) => !isDefault).map(({ path }) => path);
  const keys = named.length > 0 ? `the key ${named.join(', ')}` : "ssh's usual key files";
  const fromAgent = agent === undefined ? 'no agent' : `${onlyThese ? 'only these of ' : ''}the agent ${agent}`;
  return `${keys}; ${fromAgent}; ${methods.join(', ')}`;
}

function becoming({ becoming: { method, program }, secrets }: InventoryHost): string {
  const by = program === undefined ? method : `${method} (${program})`;
  const password = secrets.becomePassword;
  if (password === undefined) return `another user by ${by}, without a password`;
  const where = password instanceof SecretName ? `!secret ${password.name}` : 'written in the inventory';
  return `another user by ${by}, with the password ${where}`;
}

function countOf(variables: object, { name }: InventoryHost): string {
  const number = Object.keys(variables).length;
  return number === 0 ? 'none' : `${number}: runbook inventory vars --host ${name}`;
}
