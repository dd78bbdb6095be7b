import { writeFileSync } from 'node:fs';
import ssh2 from 'ssh2';
import { readablePair } from '../support/key-pair.ts';

/** Where the keys of the demo are. */
export interface Keys {
  readonly hostKey: string;
  readonly clientKey: string;
  readonly authorizedKeys: string;
  readonly knownHosts: string;
}

/** Makes a key for the host and one for us, both new, both only in `folder`. */
export function makeKeys(folder: string): Keys {
  const keys: Keys = {
    hostKey: `${folder}/host_key`,
    clientKey: `${folder}/client_key`,
    authorizedKeys: `${folder}/authorized_keys`,
    knownHosts: `${folder}/known_hosts`,
  };
  const host = readablePair(() => ssh2.utils.generateKeyPairSync('ed25519', { comment: 'web01' }));
  const client = readablePair(() => ssh2.utils.generateKeyPairSync('ed25519', { comment: 'demo' }));
  const secret = { mode: 0o600 };
  writeFileSync(keys.hostKey, host.private, secret);
  writeFileSync(keys.clientKey, client.private, secret);
  writeFileSync(keys.authorizedKeys, `${client.public}\n`, secret);
  writeFileSync(keys.knownHosts, `127.0.0.1 ${host.public}\n`, secret);
  return keys;
}
