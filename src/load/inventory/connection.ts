import { isIP } from 'node:net';
import { dirname, resolve } from 'node:path';
import type { HostSecrets, InventoryHost } from '../../model/host.ts';
import type { SecretName } from '../../model/scalar-literal.ts';
import type { Secret } from '../../util/secret.ts';
import { quoteShort } from '../../util/shorten.ts';
import { isHostName, readAddress } from './connection/address.ts';
import { readBecoming } from './connection/become.ts';
import { becomeNames, NAMES } from './connection/connection-variables.ts';
import { rangeOf, type HostEntry } from './entries.ts';
import { secretOf, type GivenText, type HostValues } from './connection/host-values.ts';
import type { Notes } from './notes.ts';
import { readSshOptions, type GivenWord } from './connection/ssh-options.ts';
import { readWay } from './connection/way.ts';

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
  | 'sshConfigFile'
  | 'connectTimeoutMs'
  | 'becoming'
  | 'secrets'
  | 'hidden'
>;

/** What is asked of this machine. */
export interface ConnectionContext {
  readonly login: LoginUser;
  readonly notes: Notes;
  /** Is something at this full path? */
  readonly isThere: (path: string) => boolean;
  /** Where we were started; absent: nowhere in particular. */
  readonly directory?: string;
}

/** How a host is reached, from its variables. What is wrong becomes a problem of the host, where it is written. */
export function readConnection(host: HostEntry, values: HostValues, context: ConnectionContext): Connecting {
  const ssh = readSshOptions(values, context.notes);
  const port = ssh.before.port ?? values.text(NAMES.port, PORT_HINT) ?? ssh.after.port;
  const user = ssh.before.user ?? unlessEmpty(values.text(NAMES.user, USER_HINT)) ?? ssh.after.user;
  const keyFile = readPath(values, NAMES.keyFile, context);
  const knownHosts = readPath(values, NAMES.knownHosts, context);
  const connectTimeoutMs = readTimeout(values);
  const connection = readWay(values);
  const becoming = readBecoming(values, context.notes);
  return {
    address: readTarget(host, values, context),
    connection,
    ...optional('port', port && portOf(port, values)),
    ...optional('user', user && userOf(user, values)),
    ...optional('privateKeyFile', keyFile),
    ...optional('knownHostsFile', knownHosts),
    ...optional('connectTimeoutMs', connectTimeoutMs),
    ...optional('sshConfigFile', ssh.configFile && configPath(ssh.configFile, context)),
    sshOptions: [...ssh.options, ...pkcs11(values)],
    becoming,
    secrets: readSecrets(values, becoming.method),
    ...optional('hidden', ssh.hidden.length > 0 ? ssh.hidden : undefined),
  };
}

/** An empty text is how Ansible's inventories say that a host has none, whatever its groups have. */
const unlessEmpty = (given: GivenText | undefined): GivenText | undefined => (given?.text === '' ? undefined : given);

function optional<K extends string, T>(key: K, value: T | undefined): { readonly [key in K]?: T } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [key in K]: T });
}

function readTarget(host: HostEntry, values: HostValues, { notes }: ConnectionContext): string {
  const given = values.text(NAMES.address, 'write a name or an address');
  const text = given?.text ?? host.name;
  const at = given?.at ?? rangeOf(host.where);
  if (!isHostName(host.name) && isIP(host.name) === 0) {
    const [, user, address] = /^([^@]+)@([^@]+)$/.exec(host.name) ?? [];
    const hint =
      address === undefined
        ? 'use letters, digits, dots, _ and -; the address goes into ansible_host'
        : `name it ${address}, and write the user as ansible_user: ${user}`;
    values.problem('E_HOST', rangeOf(host.where), `${quoteShort(host.name)} cannot be the name of a host`, hint);
    if (given === undefined) return host.name;
  }
  const address = readAddress(text);
  if (!address.ok) {
    values.problem('E_ADDR', at, `${quoteShort(given?.shown ?? text)} ${address.error.message}`, address.error.hint);
    return host.name;
  }
  if (/[^\u0020-\u007e]/.test(text))
    notes.warn('W_IDN', at, `the international name ${quoteShort(text)} is used as ${address.value}`);
  return address.value;
}

const PORT_HINT = 'write ansible_port: 22';
const USER_HINT = 'write a login name';

function portOf({ text, at }: GivenWord, values: HostValues): number | undefined {
  if (/^[1-9]\d{0,4}$/.test(text) && Number(text) <= 65_535) return Number(text);
  values.problem('E_PORT', at, 'a port is a number from 1 to 65535', PORT_HINT);
  return undefined;
}

/** Nothing that ssh or a shell could take for an option or a second word. */
const USER = /^[A-Za-z0-9_][A-Za-z0-9_.@\\$+-]{0,127}$/;

function userOf({ text, at }: GivenWord, values: HostValues): string | undefined {
  if (USER.test(text)) return text;
  values.problem('E_TYPE', at, 'this is no login name', USER_HINT);
  return undefined;
}

function readTimeout(values: HostValues): number | undefined {
  const given = values.text(NAMES.timeout, 'write seconds, such as 10');
  if (given === undefined) return undefined;
  if (/^[1-9]\d{0,4}$/.test(given.text)) return Number(given.text) * 1000;
  values.problem('E_TYPE', given.at, `${given.name} is a number of seconds`, 'write seconds, such as 10');
  return undefined;
}

function readPath(values: HostValues, names: readonly string[], context: ConnectionContext): string | undefined {
  const hint = 'write a path; ~/ is your home, other paths start at this file';
  const given = unlessEmpty(values.text(names, hint));
  if (given === undefined) return undefined;
  if (!/^~[^/]|[\0\r\n"]/.test(given.text)) return pathOf(given, context);
  values.problem('E_TYPE', given.at, `this is no value for ${given.name}`, hint);
  return undefined;
}

/** `none` is for ssh no file at all. */
const configPath = (given: GivenWord, context: ConnectionContext): string =>
  given.text.toLowerCase() === 'none' ? 'none' : pathOf(given, context);

/** A relative path starts at the file it is written in, or, where nothing is there, at the current folder as in Ansible. */
function pathOf({ text, at }: GivenWord, { login, isThere, directory }: ConnectionContext): string {
  if (text === '~' || text.startsWith('~/')) return resolve(login.home, text.slice(2));
  const beside = resolve(dirname(at.file), text);
  if (directory === undefined || isThere(beside)) return beside;
  const here = resolve(directory, text);
  return isThere(here) ? here : beside;
}

function pkcs11(values: HostValues): readonly string[] {
  const given = values.text(NAMES.pkcs11, 'write the path of a library');
  return given === undefined || given.text === '' ? [] : [`PKCS11Provider=${given.text}`];
}

function readSecrets(values: HostValues, method: string): HostSecrets<SecretName | Secret> {
  return {
    ...optional('becomePassword', readSecret(values, becomeNames(method, 'pass'))),
    ...optional('loginPassword', readSecret(values, NAMES.password)),
    ...optional('keyPassphrase', readSecret(values, NAMES.passphrase)),
  };
}

/** An empty one is none, as in Ansible: it sets aside what a group has. No message repeats it. */
function readSecret(values: HostValues, names: readonly string[]): SecretName | Secret | undefined {
  const given = values.given(names);
  if (given === undefined || given.value === '') return undefined;
  const secret = secretOf(given);
  if (secret.ok) return secret.value;
  values.problem('E_TYPE', given.at, `${given.name} ${secret.error}`, 'put it in quotes, or write !secret NAME');
  return undefined;
}
