import { dirname, resolve } from 'node:path';
import type { InventoryHost } from '../../model/host.ts';
import type { Report } from '../report.ts';
import { plainValue, type YamlEntry } from '../yaml/node.ts';
import { readAddress } from './address.ts';
import { readBecomePassword } from './become-password.ts';
import { quote, type HostEntry } from './groups.ts';
import { parseSshArguments, SSH_ARGUMENTS } from './ssh-arguments.ts';
import type { HonouredVariable } from './variables.ts';

/** Who runs us: the default for the remote user, and what `~` means. */
export interface LoginUser {
  readonly name: string;
  readonly home: string;
}

export type Connecting = Pick<
  InventoryHost,
  | 'address'
  | 'port'
  | 'user'
  | 'connection'
  | 'privateKeyFile'
  | 'knownHostsFile'
  | 'sshOptions'
  | 'becoming'
  | 'secrets'
>;

type Variables = ReadonlyMap<string, YamlEntry>;

/** How a host is reached, from its effective variables. What is wrong is reported where it is written. */
export function readConnection(host: HostEntry, vars: Variables, login: LoginUser, report: Report): Connecting {
  const privateKeyFile = pathFrom(vars, 'ansible_ssh_private_key_file', login, report);
  const knownHostsFile = knownHostsFrom(vars, login, report);
  const becomePassword = readBecomePassword(vars, report);
  const port = portFrom(vars, report);
  const user = textFrom(vars, 'ansible_user', report, isUserName, 'write a login name');
  return {
    address: addressFrom(host, vars, report),
    ...(port !== undefined && { port }),
    ...(user !== undefined && { user }),
    connection: connectionFrom(vars, report),
    ...(privateKeyFile !== undefined && { privateKeyFile }),
    ...(knownHostsFile !== undefined && { knownHostsFile }),
    sshOptions: [],
    becoming: { method: 'sudo' },
    secrets: becomePassword === undefined ? {} : { becomePassword },
  };
}

function addressFrom(host: HostEntry, vars: Variables, report: Report): string {
  const text = textFrom(
    vars,
    'ansible_host',
    report,
    () => true,
    'write a name or an address, in quotes if it is a number',
  );
  const at = vars.get('ansible_host')?.value.at ?? host.at;
  const address = readAddress(text ?? host.name);
  if (!address.ok) {
    report.error('E_ADDR', at, `${quote(text ?? host.name)} ${address.error.message}`, address.error.hint);
    return host.name;
  }
  if (text !== undefined && /[^\u0020-\u007e]/.test(text)) {
    report.warning('W_IDN', at, `the international name ${quote(text)} is used as ${address.value}`);
  }
  return address.value;
}

function portFrom(vars: Variables, report: Report): number | undefined {
  const entry = vars.get('ansible_port');
  if (entry === undefined) return undefined;
  const node = entry.value;
  const text = node.kind === 'scalar' ? node.text : '';
  if (/^[1-9]\d{0,4}$/.test(text) && Number(text) <= 65_535) return Number(text);
  report.error('E_PORT', node.at, 'a port is a number from 1 to 65535', 'write ansible_port: 22');
  return undefined;
}

function connectionFrom(vars: Variables, report: Report): 'ssh' | 'local' {
  const text = textFrom(vars, 'ansible_connection', report, isConnection, 'ssh and local are the only ones');
  return text === 'local' ? 'local' : 'ssh';
}

const isConnection = (text: string): boolean => ['ssh', 'smart', 'local'].includes(text);

function pathFrom(vars: Variables, name: HonouredVariable, login: LoginUser, report: Report): string | undefined {
  const text = textFrom(vars, name, report, isPath, 'write a path; ~/ is your home, other paths start at this file');
  return text === undefined ? undefined : at(text, login, report);
}

function at(path: string, login: LoginUser, report: Report): string {
  if (path === '~' || path.startsWith('~/')) return resolve(login.home, path.slice(2));
  return resolve(dirname(report.source.file), path);
}

/** Our own variable wins over what Ansible would give to ssh. */
function knownHostsFrom(vars: Variables, login: LoginUser, report: Report): string | undefined {
  const own = pathFrom(vars, 'runbook_known_hosts', login, report);
  if (own !== undefined) return own;
  for (const name of SSH_ARGUMENTS) {
    const node = vars.get(name)?.value;
    const read = node === undefined ? undefined : parseSshArguments(String(plainValue(node)));
    if (read?.ok === true && read.value.knownHostsFile !== undefined)
      return at(read.value.knownHostsFile, login, report);
  }
  return undefined;
}

const isPath = (text: string): boolean => text !== '' && !/^~[^/]/.test(text);

/** Nothing that ssh or a shell could take for an option or a second word. */
const isUserName = (text: string): boolean => /^[A-Za-z0-9_][A-Za-z0-9_.@\\$-]{0,127}$/.test(text);

function textFrom(
  vars: Variables,
  name: HonouredVariable,
  report: Report,
  isValid: (text: string) => boolean,
  hint: string,
): string | undefined {
  const node = vars.get(name)?.value;
  if (node === undefined) return undefined;
  const text = node.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined;
  if (text !== undefined && /\{[{%]/.test(text)) {
    report.error('E_TEMPLATE', node.at, `${name} holds a Jinja template, which is not evaluated`, 'write the value');
    return undefined;
  }
  if (text !== undefined && isValid(text)) return text;
  report.error('E_TYPE', node.at, `this is no value for ${name}`, hint);
  return undefined;
}
