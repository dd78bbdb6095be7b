import { resolve } from 'node:path';
import type { ErrorInfo } from '../../model/error.ts';
import type { HostKeySettings, KeyFile, LoginMethod, LoginSettings, SshHop } from '../../model/ssh-settings.ts';
import { err, ok, type Result } from '../../util/result.ts';
import { algorithmsOf } from './algorithms.ts';
import { isOn, listOf, setValueOf, valueOf, type Answer } from './answer.ts';
import { beyondOf } from './beyond.ts';
import type { Controller } from './controller.ts';
import type { Files } from './files.ts';
import { knownHostsFiles } from './known-hosts-files.ts';
import { expandPath, expandTokens, type Tokens } from './tokens.ts';

export interface ReadHop {
  readonly hop: SshHop;
  /** As `SshSettings` has it. */
  readonly beyond: readonly string[];
  /** ProxyJump as it is written, tokens replaced. */
  readonly jumps?: string;
  /** ProxyCommand, tokens replaced. */
  readonly command?: string;
}

/** One machine as `ssh -G` answers for it. An error: it answers what can't be. */
export function readHop(
  answer: Answer,
  destination: string,
  controller: Controller,
  files: Files,
): Result<ReadHop, ErrorInfo> {
  const address = valueOf(answer, 'hostname') ?? '';
  const port = Number(valueOf(answer, 'port'));
  const user = valueOf(answer, 'user') ?? '';
  if (address === '' || user === '' || !Number.isInteger(port) || port < 1 || port > 65_535)
    return err({
      code: 'configuration',
      message: `ssh -G answers no ${address === '' ? 'address' : user === '' ? 'user' : 'port'} for ${destination}`,
      hint: `Look at: ssh -G ${destination}`,
    });
  const alias = setValueOf(answer, 'hostkeyalias');
  const tokens: Tokens = { controller, address, destination, port, user, alias };
  const beyond: string[] = [];
  const understood = <T>(result: Result<T, string>): readonly T[] => {
    if (result.ok) return [result.value];
    beyond.push(result.error);
    return [];
  };
  const pathOf = (text: string): readonly string[] =>
    understood(expandPath(text, tokens)).map((path) => resolve(controller.directory, path));
  const { algorithms, beyond: unspoken } = algorithmsOf(answer);
  const login = loginOf(answer, pathOf, controller);
  const seconds = Number(setValueOf(answer, 'connecttimeout') ?? 0);
  const bindAddress = setValueOf(answer, 'bindaddress');
  const hop: SshHop = {
    address,
    port,
    user,
    hostKeys: hostKeysOf(answer, alias, pathOf, (value) => knownHostsFiles(value, pathOf, files, beyond)),
    login,
    algorithms,
    ...(seconds > 0 && { connectTimeoutMs: seconds * 1000 }),
    family: FAMILIES[valueOf(answer, 'addressfamily') ?? ''] ?? 'any',
    ...(bindAddress !== undefined && { bindAddress }),
  };
  const [jumps] = [setValueOf(answer, 'proxyjump')].flatMap((text) => tokensOf(text, tokens, understood));
  const [command] = [setValueOf(answer, 'proxycommand')].flatMap((text) => tokensOf(text, tokens, understood));
  beyond.push(...unspoken, ...beyondOf(answer, login, pathOf, controller, files));
  return ok({ hop, beyond, ...(jumps !== undefined && { jumps }), ...(command !== undefined && { command }) });
}

const FAMILIES: Readonly<Record<string, SshHop['family']>> = { inet: 'inet', inet6: 'inet6' };

type PathOf = (text: string) => readonly string[];

const tokensOf = (
  text: string | undefined,
  tokens: Tokens,
  understood: (result: Result<string, string>) => readonly string[],
): readonly string[] => (text === undefined ? [] : understood(expandTokens(text, tokens)));

function hostKeysOf(answer: Answer, alias: string | undefined, pathOf: PathOf, filesIn: PathOf): HostKeySettings {
  const strict = valueOf(answer, 'stricthostkeychecking');
  const revoked = setValueOf(answer, 'revokedhostkeys');
  const [revokedFile] = revoked === undefined ? [] : pathOf(revoked);
  return {
    ...(alias !== undefined && { alias }),
    userFiles: filesIn(valueOf(answer, 'userknownhostsfile') ?? ''),
    globalFiles: filesIn(valueOf(answer, 'globalknownhostsfile') ?? ''),
    ...(revokedFile !== undefined && { revokedFile }),
    unknown: strict === 'accept-new' ? 'add' : 'refuse',
    ...(['false', 'no', 'off'].includes(strict ?? '') && { askedFor: 'no' }),
    hashNames: isOn(valueOf(answer, 'hashknownhosts')),
    checkAddress: isOn(valueOf(answer, 'checkhostip')),
  };
}

function loginOf(answer: Answer, pathOf: PathOf, controller: Controller): LoginSettings {
  const written = answer.get('identityfile') ?? [];
  const isDefault = written.length > 1 && written.every((file) => DEFAULT_KEY.test(file));
  const keyFiles = written
    .filter((file) => file.toLowerCase() !== 'none')
    .flatMap(pathOf)
    .map((path): KeyFile => ({ path, isDefault }));
  const agent = agentOf(valueOf(answer, 'identityagent'), pathOf, controller);
  return {
    keyFiles,
    onlyThese: isOn(valueOf(answer, 'identitiesonly')),
    ...(agent !== undefined && { agent }),
    methods: methodsOf(answer),
  };
}

const DEFAULT_KEY = /^~\/\.ssh\/id_(rsa|dsa|ecdsa|ecdsa_sk|ed25519|ed25519_sk|xmss)$/;

function agentOf(value: string | undefined, pathOf: PathOf, { environment }: Controller): string | undefined {
  if (value?.toLowerCase() === 'none') return undefined;
  const isVariable = value === undefined || value === 'SSH_AUTH_SOCK' || /^\$\w/.test(value);
  const socket = isVariable ? environment[value?.replace(/^\$/, '') ?? 'SSH_AUTH_SOCK'] : pathOf(value)[0];
  return socket === '' ? undefined : socket;
}

/** With BatchMode, or no prompt allowed, `ssh` asks for no password, and so has none. */
function methodsOf(answer: Answer): readonly LoginMethod[] {
  const asks = !isOn(valueOf(answer, 'batchmode')) && valueOf(answer, 'numberofpasswordprompts') !== '0';
  const allowed: Readonly<Record<LoginMethod, boolean>> = {
    publickey: isOn(valueOf(answer, 'pubkeyauthentication') ?? 'yes'),
    // OpenSSH before 8.7 has two names for it, and either switches it on.
    'keyboard-interactive':
      asks &&
      (isOn(valueOf(answer, 'kbdinteractiveauthentication') ?? 'yes') ||
        isOn(valueOf(answer, 'challengeresponseauthentication'))),
    password: asks && isOn(valueOf(answer, 'passwordauthentication') ?? 'yes'),
  };
  const preferred = valueOf(answer, 'preferredauthentications');
  const order = preferred === undefined ? METHODS : listOf(preferred);
  return order.filter(isMethod).filter((method) => allowed[method]);
}

const METHODS: readonly LoginMethod[] = ['publickey', 'keyboard-interactive', 'password'];

const isMethod = (name: string): name is LoginMethod => (METHODS as readonly string[]).includes(name);
