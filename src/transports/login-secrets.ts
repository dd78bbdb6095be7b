import type { HostSecrets } from '../model/host.ts';
import type { Secret } from '../util/secret.ts';

/** What is shown to a host to be let in. */
export type LoginSecrets = Pick<HostSecrets<Secret>, 'loginPassword' | 'keyPassphrase'>;
