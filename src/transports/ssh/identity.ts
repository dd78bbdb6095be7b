import type { ParsedKey } from 'ssh2';
import type { ErrorInfo } from '../../model/error.ts';
import type { SshHost } from '../../model/host.ts';
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

/** The host's own key file and no other; without one the agent, then the usual files, as `ssh` does. */
export async function identityOf(host: SshHost, keys: KeyFiles): Promise<Result<Identity, ErrorInfo>> {
  const { keyFiles, agent = '' } = host.ssh.login;
  const files: Identity[] = [];
  for (const { path, isDefault } of keyFiles) {
    const key = await keys.read(path);
    if (key.ok) files.push(fromFile(host, path, key.value));
    else if (!isDefault) return key;
  }
  const methods: Identity['methods'] = [
    ...(agent === '' ? [] : [{ type: 'agent' as const, username: host.user, agent }]),
    ...files.flatMap((file) => file.methods),
  ];
  if (methods.length === 0)
    return err({
      code: 'key-unusable',
      message: `no ansible_ssh_private_key_file, no SSH agent (SSH_AUTH_SOCK), and no usable key in ~/.ssh`,
      hint: 'Set ansible_ssh_private_key_file for the host in the inventory, or start an agent and run ssh-add.',
    });
  const inWords = [...(agent === '' ? [] : ['the keys of the SSH agent']), ...files.map((file) => file.inWords)].join(
    ', ',
  );
  return ok({ id: `${host.user} ${agent} ${files.map(({ id }) => id).join(' ')}`, inWords, methods });
}

const fromFile = (host: SshHost, file: string, key: ParsedKey): Identity => ({
  id: `${host.user} ${file}`,
  inWords: `key ${file}`,
  methods: [{ type: 'publickey', username: host.user, key }],
});
