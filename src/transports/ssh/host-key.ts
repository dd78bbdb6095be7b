import { err, ok, type Result } from '../../util/result.ts';
import type { SshError } from '../failure.ts';
import { isCertificate, isPublicKey, isTooShort, kindOf, typeOf } from './host-key-blob.ts';
import { isVerifiable, orderAlgorithms, wantedFor } from './host-key-order.ts';
import { isRevokedBy } from './host-key-revoked.ts';
import { filesOf, hasPort, look, nameFor, type HostKeys, type KeyedHop, type Look } from './host-key-look.ts';
import * as words from './host-key-words.ts';
import { addKnownHost } from './known-hosts-add.ts';
import type { KnownHostsFiles } from './known-hosts-file.ts';
import { nameOf, type KnownHost } from './known-hosts.ts';

/** A key that is believed. */
export interface Believed {
  /** What is to be said of it: it was unknown, and is in a file now. */
  readonly learned?: string;
}

export const keysOf = (hop: KeyedHop, files: KnownHostsFiles, isDirect: boolean): HostKeys => ({
  hop,
  files,
  isDirect,
});

/** What to ask the host for, in this order: OpenSSH's, without what ssh2 can't verify. Empty: ssh2 can verify nothing it may. */
export function keyAlgorithms(keys: HostKeys): string[] {
  return algorithmsOf(keys).filter(isVerifiable);
}

/** Why the host can't even be asked for a key; `undefined`: it can. */
export function whyUnaskable(keys: HostKeys): SshError | undefined {
  return keyAlgorithms(keys).length > 0 ? undefined : words.unaskable(keys.hop.algorithms.hostKeys);
}

/**
 * Is this the host? With OpenSSH's verdict, or `host-key-unverifiable` where OpenSSH might have asked for a key that ssh2 can't
 * check. A key that is learned is in its file when this returns. `from` is the address it was shown from, if that is known.
 */
export function judgeHostKey(keys: HostKeys, key: Buffer, from?: string): Result<Believed, SshError> {
  const { hop, isDirect } = keys;
  const about: words.About = { hop, isDirect, key };
  if (!isPublicKey(key) || isCertificate(typeOf(key)) || isTooShort(key)) return err(words.unusable(about));
  const file = hop.hostKeys.revokedFile;
  const revoked = file === undefined ? ok(false) : isRevokedBy(file, key);
  if (!revoked.ok) return err(words.revokedUnreadable(file as string, revoked.error));
  if (revoked.value) return err(words.revokedIn(about, file as string));

  const ip = ipName(hop, isDirect, from);
  const own = look(keys, nameFor(hop), key);
  if (own.status === 'revoked') return err(words.revoked(about, own));
  const bare = own.status === 'unknown' && hasPort(hop) ? look(keys, nameOf(hop.address), key) : undefined;
  // OpenSSH warns of this one and, with accept-new, goes on.
  if (bare?.status === 'revoked') return err(words.revoked(about, bare));
  const looks = bare === undefined ? [own] : [own, bare];
  const found = looks.find(({ status }) => status === 'known') ?? own;
  const ipLook = ip === undefined ? undefined : look(keys, found === bare ? ip : nameOf(ip, hop.port), key);
  if (ipLook?.status === 'revoked') return err(words.revoked(about, ipLook));

  if (found.status !== 'known') {
    const untold = whatOthersMayShow(keys, key, looks);
    if (untold !== undefined) return err(words.unverifiable(about, untold));
  }
  if (found.status === 'changed') return err(words.changed(about, found));
  if (found.status === 'known') return ipLook?.status === 'changed' ? err(words.addressDiffers(about, ipLook)) : ok({});
  const mayAdd = hop.hostKeys.unknown === 'add' && hop.hostKeys.userFiles.length > 0;
  if (!mayAdd) return err(words.unknown(about, looks));
  if (ipLook?.status === 'changed') return err(words.addressDiffers(about, ipLook));
  return ok({ learned: learn(about, ipLook?.status === 'unknown' ? [own.name, ipLook.name] : [own.name]) });
}

function algorithmsOf({ hop, files }: HostKeys): readonly string[] {
  return orderAlgorithms(hop.algorithms.hostKeys, files.about(nameFor(hop), filesOf(hop)).entries);
}

/** As OpenSSH, CheckHostIP asks for nobody on this machine, behind another one, or who is named by the address itself. */
function ipName({ address, hostKeys }: KeyedHop, isDirect: boolean, from: string | undefined): string | undefined {
  const isNear = from === undefined || /^(?:::ffff:)?127\.|^::1$/.test(from);
  return !hostKeys.checkAddress || !isDirect || isNear || from === address ? undefined : from;
}

/**
 * The line for which OpenSSH would have asked for something else before this kind of key, which ssh2 can't verify: a certificate, or
 * a key on a token. Whether the host has that, we can't see.
 */
function whatOthersMayShow(keys: HostKeys, key: Buffer, looks: readonly Look[]): KnownHost | undefined {
  const entries = looks.flatMap((one) => one.entries);
  const authority = entries.find(({ marker }) => marker === 'cert-authority');
  for (const algorithm of algorithmsOf(keys)) {
    if (isCertificate(algorithm)) {
      if (authority !== undefined) return authority;
    } else if (kindOf(algorithm) === typeOf(key)) return undefined;
    else if (!isVerifiable(algorithm)) {
      const wanted = wantedFor(kindOf(algorithm), looks[0]?.entries ?? []);
      if (wanted !== undefined) return wanted;
    }
  }
  return undefined;
}

function learn(about: words.About, names: readonly string[]): string {
  const { hop, key } = about;
  const file = hop.hostKeys.userFiles[0] as string;
  const added = addKnownHost(file, names, key, hop.hostKeys.hashNames);
  return words.learned(about, file, added.ok ? undefined : added.error);
}
