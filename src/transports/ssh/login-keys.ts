import type { LoginSettings } from '../../model/ssh-settings.ts';
import type { Secret } from '../../util/secret.ts';
import type { SshError } from '../failure.ts';
import type { AgentKey, Agents } from './agent.ts';
import { encrypted, type FileKey, type KeyFiles } from './key-files.ts';
import { whyNotOfKind, type KeyProblem } from './key-text.ts';
import { keyOfAgent, keyOfFile, type LoginKey } from './login-key.ts';
import { fieldsOf, publicPart, rsaBits } from './public-key.ts';

/** OpenSSH's RequiredRSASize, unless said otherwise. */
const RSA_BITS = 1024;

export interface LoginKeys {
  /** In the order in which they are shown. */
  readonly keys: readonly LoginKey[];
  /** What is configured and can't be shown; what is only one of OpenSSH's default files and not there is left out. */
  readonly unused: readonly UnusedKey[];
}

export interface UnusedKey extends KeyProblem {
  readonly inWords: string;
}

/** For an error: that one of these is only for the program `ssh`. */
export function beyondOf(unused: readonly UnusedKey[]): Pick<SshError, 'beyond'> {
  const key = unused.find(({ program }) => program === true);
  return key === undefined ? {} : { beyond: `${key.inWords} ${key.why}` };
}

/** Where keys come from; all hosts of a run share them. */
export interface KeySources {
  readonly files: KeyFiles;
  readonly agents: Agents;
}

interface Wanted {
  readonly login: LoginSettings;
  /** PubkeyAcceptedAlgorithms; empty: OpenSSH's own. */
  readonly algorithms: readonly string[];
  readonly passphrase: Secret | undefined;
}

/** As OpenSSH: keys of the agent that a file names, its other keys unless IdentitiesOnly, then what only files have. */
export async function loginKeys({ login, algorithms, passphrase }: Wanted, sources: KeySources): Promise<LoginKeys> {
  const unused: UnusedKey[] = [];
  const files: NamedFile[] = [];
  for (const { path, isDefault } of login.keyFiles) {
    const file = await sources.files.read(path);
    if (!file.missing || !isDefault || file.publicKey !== undefined) files.push({ ...file, isDefault });
  }
  const listed = await agentKeys(login, files, sources.agents);
  if ('problem' in listed) unused.push(listed.problem);
  const socket = login.agent ?? '';
  const own: LoginKey[] = [];
  const named: LoginKey[] = [];
  for (const { publicKey, comment } of 'keys' in listed ? listed.keys : []) {
    const at = files.findIndex((file) => file.publicKey?.equals(publicKey) === true);
    const [file] = at < 0 ? [] : files.splice(at, 1);
    if (file !== undefined) named.push(keyOfAgent(socket, publicKey, `key ${file.path} (by the SSH agent)`));
    else if (!login.onlyThese)
      own.push(keyOfAgent(socket, publicKey, `key ${comment || 'without a name'} of the SSH agent`));
  }
  const rest: LoginKey[] = [];
  for (const file of files) {
    const key = await ofFile(file, passphrase, sources.files);
    if ('why' in key) unused.push(key);
    else rest.push(key);
  }
  const keys: LoginKey[] = [];
  for (const key of [...named, ...own, ...rest]) {
    const why = whyNotShown(key.publicKey, algorithms);
    if (why === undefined) keys.push(key);
    else unused.push({ inWords: key.inWords, ...why });
  }
  return { keys, unused };
}

interface NamedFile extends FileKey {
  readonly isDefault: boolean;
}

/** The agent is asked only when it could have a key that is to be shown and that no file has in clear. */
async function agentKeys(
  { agent, onlyThese }: LoginSettings,
  files: readonly FileKey[],
  agents: Agents,
): Promise<{ readonly keys: readonly AgentKey[] } | { readonly problem: UnusedKey }> {
  const isWanted = !onlyThese || files.some(({ encrypted, problem }) => encrypted || problem !== undefined);
  if (agent === undefined || !isWanted) return { keys: [] };
  const listed = await agents.list(agent);
  if (listed.ok && listed.value.length > 0) return { keys: listed.value };
  const why = listed.ok ? 'lists no key: it has none, or is locked' : listed.error;
  return { problem: { inWords: `the SSH agent at ${agent}`, why, hint: LOOK_AT_AGENT } };
}

const LOOK_AT_AGENT =
  'Look at: ssh-add -l. Start one and run ssh-add, unlock it with ssh-add -X, or correct SSH_AUTH_SOCK or IdentityAgent.';

async function ofFile(file: FileKey, passphrase: Secret | undefined, files: KeyFiles): Promise<LoginKey | UnusedKey> {
  const { path, problem } = file;
  const inWords = `key ${path}`;
  if (problem !== undefined) return { inWords, ...problem };
  if (file.encrypted && passphrase === undefined) return { inWords, ...encrypted(path) };
  if (file.publicKey !== undefined) return keyOfFile(path, file.publicKey, files, passphrase);
  const key = await files.unlock(path, passphrase);
  if (!key.ok) return { inWords, ...key.error };
  const publicKey = publicPart(key.value);
  if (publicKey !== undefined) return keyOfFile(path, publicKey, files, passphrase);
  return { inWords, why: 'is of a kind that SSH does not have', hint: 'Make another: ssh-keygen -t ed25519' };
}

function whyNotShown(publicKey: Buffer, algorithms: readonly string[]): KeyProblem | undefined {
  const type = fieldsOf(publicKey)[0]?.toString('latin1') ?? '';
  const never = whyNotOfKind(type);
  if (never !== undefined) return never;
  const bits = type === 'ssh-rsa' ? rsaBits(publicKey) : RSA_BITS;
  if (bits < RSA_BITS)
    return { why: `is an RSA key of only ${bits} bits`, hint: 'Make another: ssh-keygen -t ed25519' };
  const names = type === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa'] : [type];
  if (algorithms.length === 0 || names.some((name) => algorithms.includes(name))) return undefined;
  return {
    why: 'is of a kind that PubkeyAcceptedAlgorithms leaves out',
    hint: 'Look at: ssh -G HOST | grep -i pubkey',
  };
}
