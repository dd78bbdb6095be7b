import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ParsedKey } from 'ssh2';
import type { ErrorInfo } from '../../model/error.ts';
import type { Host } from '../../model/host.ts';
import { err, ok, type Result } from '../../util/result.ts';
import type { KeyFiles } from './key-files.ts';

/** What we show to a host to be let in. */
export interface Identity {
  /** One credential, whichever host it is shown to. */
  readonly id: string;
  readonly inWords: string;
  readonly methods: readonly (
    | { readonly type: 'publickey'; readonly username: string; readonly key: ParsedKey }
    | { readonly type: 'agent'; readonly username: string; readonly agent: string }
  )[];
}

const DEFAULT_KEYS = ['id_ed25519', 'id_ecdsa', 'id_rsa'];

/** The host's own key file and no other; without one the agent, then the usual files, as `ssh` does. */
export async function identityOf(host: Host, keys: KeyFiles): Promise<Result<Identity, ErrorInfo>> {
  if (host.privateKeyFile !== undefined) {
    const key = await keys.read(host.privateKeyFile);
    return key.ok ? ok(fromFile(host, host.privateKeyFile, key.value)) : key;
  }
  const agent = process.env['SSH_AUTH_SOCK'] ?? '';
  const files: Identity[] = [];
  for (const name of DEFAULT_KEYS) {
    const file = join(homedir(), '.ssh', name);
    const key = await keys.read(file);
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

const fromFile = (host: Host, file: string, key: ParsedKey): Identity => ({
  id: `${host.user} ${file}`,
  inWords: `key ${file}`,
  methods: [{ type: 'publickey', username: host.user, key }],
});
