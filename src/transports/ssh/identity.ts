import { readFile, stat } from 'node:fs/promises';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import ssh2, { type ParsedKey } from 'ssh2';
import type { ErrorInfo } from '../../model/error.ts';
import type { Host } from '../../model/host.ts';
import { err, ok, type Result } from '../../util/result.ts';

/** What we show to a host to be let in. */
export interface Identity {
  /** One credential, whichever host it is shown to. */
  readonly id: string;
  readonly inWords: string;
  readonly methods: readonly (
    | { readonly type: 'publickey'; readonly username: string; readonly key: string }
    | { readonly type: 'agent'; readonly username: string; readonly agent: string }
  )[];
}

const DEFAULT_KEYS = ['id_ed25519', 'id_ecdsa', 'id_rsa'];

/** The host's own key file and no other; without one the agent, then the usual files, as `ssh` does. */
export async function identityOf(host: Host): Promise<Result<Identity, ErrorInfo>> {
  if (host.privateKeyFile !== undefined) {
    const key = await readKey(host.privateKeyFile);
    return key.ok ? ok(fromFile(host, host.privateKeyFile, key.value)) : key;
  }
  const agent = process.env['SSH_AUTH_SOCK'] ?? '';
  const files: Identity[] = [];
  for (const name of DEFAULT_KEYS) {
    const file = join(homedir(), '.ssh', name);
    const key = await readKey(file);
    if (key.ok) files.push(fromFile(host, file, key.value));
  }
  const methods: Identity['methods'] = [
    ...(agent === '' ? [] : [{ type: 'agent' as const, username: host.user, agent }]),
    ...files.flatMap((file) => file.methods),
  ];
  if (methods.length === 0)
    return err({
      code: 'key-unusable',
      message: `no ansible_ssh_private_key_file, no SSH agent (SSH_AUTH_SOCK), and no usable key in ~/.ssh (${DEFAULT_KEYS.join(', ')})`,
      hint: 'Set ansible_ssh_private_key_file for the host in the inventory, or start an agent and run ssh-add.',
    });
  const inWords = [...(agent === '' ? [] : ['the keys of the SSH agent']), ...files.map((file) => file.inWords)].join(
    ', ',
  );
  return ok({ id: `${host.user} ${agent} ${files.map(({ id }) => id).join(' ')}`, inWords, methods });
}

const fromFile = (host: Host, file: string, key: string): Identity => ({
  id: `${host.user} ${file}`,
  inWords: `key ${file}`,
  methods: [{ type: 'publickey', username: host.user, key }],
});

async function readKey(file: string): Promise<Result<string, ErrorInfo>> {
  const unusable = (why: string, hint: string) =>
    err({ code: 'key-unusable' as const, message: `the private key ${file} ${why}`, hint });
  const path = file.startsWith('~/') ? join(homedir(), file.slice(2)) : file;
  let text: string;
  try {
    const { mode, uid, size } = await stat(path);
    if (size > 64 * 1024)
      return unusable('is no key: it is larger than 64 kB', 'Correct ansible_ssh_private_key_file.');
    if ((mode & 0o077) !== 0 && uid === userInfo().uid)
      return unusable(
        `can be read by others (mode ${(mode & 0o777).toString(8).padStart(4, '0')})`,
        `chmod 600 ${file}`,
      );
    text = await readFile(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return unusable('does not exist', 'Correct ansible_ssh_private_key_file in the inventory.');
    if (code === 'EACCES') return unusable(`can't be read by ${userInfo().username}`, `Look at: ls -l ${file}`);
    return unusable(`can't be read: ${message}`, 'Correct ansible_ssh_private_key_file in the inventory.');
  }
  return parseKey(text, file, unusable);
}

function parseKey(
  text: string,
  file: string,
  unusable: (why: string, hint: string) => Result<string, ErrorInfo>,
): Result<string, ErrorInfo> {
  const parsed: ParsedKey | ParsedKey[] | Error = ssh2.utils.parseKey(text);
  if (parsed instanceof Error) {
    if (/no passphrase|Encrypted/i.test(parsed.message))
      return unusable(
        'is encrypted',
        `Give it to an agent (ssh-add ${file}) and leave ansible_ssh_private_key_file out.`,
      );
    return unusable('is not in a known format', `Look at it: ssh-keygen -y -f ${file}. Kinds: ed25519, ecdsa, rsa.`);
  }
  const [key] = [parsed].flat();
  if (key?.isPrivateKey() !== true)
    return unusable('is a public key', `Name the private one: ${file.replace(/\.pub$/, '')}`);
  return ok(text);
}
