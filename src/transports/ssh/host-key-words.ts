import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ErrorInfo } from '../../model/error.ts';
import type { HostKeySettings } from '../../model/ssh-settings.ts';
import type { SshError } from '../failure.ts';
import { learnedKey } from '../learned-key.ts';
import { quote, word } from '../shell/quote.ts';
import { fingerprint, isCertificate, typeOf } from './host-key-blob.ts';
import { filesOf, nameFor, type KeyedHop, type Look } from './host-key-look.ts';
import { isPattern, type KnownHost } from './known-hosts.ts';

/** What all words are about. */
export interface About {
  readonly hop: KeyedHop;
  readonly isDirect: boolean;
  /** As it was shown. */
  readonly key: Buffer;
}

const IMPOSTOR = 'Someone may stand between you and this host. Do not log in until its owner has given it a new key.';

export function revoked(about: About, { entries }: Look): ErrorInfo {
  const line = entries.find(({ marker }) => marker === 'revoked') as KnownHost;
  return revokedIn(about, place(line));
}

export const revokedIn = (about: About, where: string): ErrorInfo => ({
  code: 'host-key-revoked',
  message: `the host shows the ${shown(about)}, which is revoked in ${where}`,
  hint: IMPOSTOR,
});

export const revokedUnreadable = (file: string, why: string): ErrorInfo => ({
  code: 'host-key-unverifiable',
  message: `whether its key is revoked can't be known: ${file}, named by RevokedHostKeys: ${why}`,
  hint: `Correct that file, or RevokedHostKeys in the configuration of ssh: ssh-keygen -Q -l -f ${word(file)} shows a list of revoked keys.`,
});

export function changed(about: About, { name, entries, unread }: Look): ErrorInfo {
  const plain = entries.filter(({ marker }) => marker === undefined);
  const same = plain.find(({ key }) => typeOf(key) === typeOf(about.key));
  if (same === undefined)
    return {
      code: 'host-key-changed',
      message: `the host shows the ${shown(about)}, but only another kind is known: ${plain.map(known).join(', ')}${notRead(unread)}`,
      hint: `Only if its owner confirms this fingerprint:\n    ${addition(about)}`,
    };
  return {
    code: 'host-key-changed',
    message: `the host key has changed: known is ${known(same)}, the host shows the ${shown(about)}${notRead(unread)}`,
    hint: `If the host was rebuilt, ask its owner for the new fingerprint, then ${removal(name, same)}`,
  };
}

export function addressDiffers(about: About, { name, entries }: Look): ErrorInfo {
  const [first] = entries.filter(({ marker }) => marker === undefined) as [KnownHost];
  return {
    code: 'host-key-changed',
    message: `the host shows the ${shown(about)}, but for its address ${name} another one is known: ${known(first)}`,
    hint: `If the address belongs to this host now, ${removal(name, first)}`,
  };
}

export function unverifiable(about: About, line: KnownHost): SshError {
  const isAuthority = line.marker === 'cert-authority';
  return {
    code: 'host-key-unverifiable',
    message: isAuthority
      ? `its key is vouched for by a certificate authority (${place(line)}), and this transport can't check certificates`
      : `its key on file is of kind ${typeOf(line.key)} (${place(line)}), which this transport can't check`,
    hint: `Reach it by the program ssh (ansible_connection=openssh), or add its ${typeOf(about.key)} key once its owner confirms ${fingerprint(about.key)}:\n    ${addition(about)}`,
    beyond: ONLY_THAT,
  };
}

const ONLY_THAT = 'only that can check its host key';

export const unusable = (about: About): ErrorInfo => ({
  code: 'host-key-unverifiable',
  message: `the host shows the ${shown(about)}, which OpenSSH would not take either: ${isCertificate(typeOf(about.key)) ? 'it is a certificate' : 'it is too short or malformed'}`,
  hint: 'Make a new key there: ssh-keygen -A, and let sshd use it.',
});

export const unaskable = (allowed: readonly string[]): SshError => ({
  code: 'host-key-unverifiable',
  message: `HostKeyAlgorithms allows only what this transport can't check: ${allowed.join(', ')}`,
  hint: 'Reach it by the program ssh: ansible_connection=openssh.',
  beyond: ONLY_THAT,
});

export function unknown(about: About, looks: readonly Look[]): ErrorInfo {
  const { address, hostKeys } = about.hop;
  const name = nameFor(about.hop);
  const bare = looks[1]?.entries.find(({ marker }) => marker === undefined);
  const others = bare === undefined ? '' : `; without the port, ${known(bare)} is known`;
  const unread = looks.flatMap((one) => one.unread);
  const asked = hostKeys.askedFor;
  const notFollowed =
    asked === undefined
      ? ''
      : `StrictHostKeyChecking=${asked} is not followed: write accept-new, and keys of unknown hosts are added, while changed ones stay refused. Or: `;
  const files = [...new Set(filesOf(about.hop))].filter((file) => existsSync(file));
  return {
    code: 'host-key-unknown',
    message: `the host is unknown: its ${shown(about)} is not in ${files.length === 0 ? `${target(about)}, which does not exist` : files.join(' or ')}${name === address ? '' : `, where it would be ${name}`}${others}${notRead(unread)}`,
    hint: `${notFollowed}${notKept(hostKeys)}Compare the fingerprint with the one its owner gives, then:\n    ${addition(about)}`,
  };
}

/** `why`: it is believed, but could not be written down. */
export const learned = (about: About, file: string, why: string | undefined): string =>
  learnedKey(shown(about), file, why);

const shown = ({ key }: About): string => `${typeOf(key)} key ${fingerprint(key)}`;

const known = (line: KnownHost): string => `${typeOf(line.key)} ${fingerprint(line.key)} (${place(line)})`;

const place = ({ file, line }: KnownHost): string => `${file}:${line}`;

const notRead = (unread: readonly string[]): string =>
  unread.length === 0 ? '' : `; skipped: ${unread.slice(0, 3).join('; ')}${unread.length > 3 ? '; ...' : ''}`;

function target({ hop: { hostKeys } }: About): string {
  const { userFiles, globalFiles } = hostKeys;
  return (userFiles.length === 0 ? globalFiles : userFiles).find((file) => file !== NOWHERE) ?? OWN_FILE;
}

/** Many who write it there only want no questions. */
const notKept = ({ userFiles }: HostKeySettings): string =>
  userFiles.length > 0 && userFiles.every((file) => file === NOWHERE)
    ? `UserKnownHostsFile is ${NOWHERE}, which knows no host: name a file there, such as ${OWN_FILE}. `
    : '';

const NOWHERE = '/dev/null';
const OWN_FILE = '~/.ssh/known_hosts';

/** A command that adds the key that was shown. Nobody but ssh itself gets through other machines: there the line is written. */
function addition(about: About): string {
  const { hop, isDirect, key } = about;
  const { alias, hashNames } = hop.hostKeys;
  const file = target(about);
  const folder = existsSync(dirname(file)) || file.startsWith('~') ? '' : `mkdir -p ${word(dirname(file))} && `;
  const to = file.startsWith('~') ? file : word(file);
  if (!isDirect || alias !== undefined)
    return `${folder}echo ${quote(`${nameFor(hop)} ${typeOf(key)} ${key.toString('base64')}`)} >>${to}`;
  const port = hop.port === 22 ? '' : `-p ${hop.port} `;
  const kind = KEYSCAN[typeOf(key)] ?? 'ecdsa';
  return `${folder}ssh-keyscan ${hashNames ? '-H ' : ''}-t ${kind} ${port}${word(hop.address)} >>${to}`;
}

/** What ssh-keyscan calls the kinds; all others are of ECDSA. */
const KEYSCAN: Readonly<Record<string, string>> = { 'ssh-ed25519': 'ed25519', 'ssh-rsa': 'rsa', 'ssh-dss': 'dsa' };

/** What forgets a key. A line for names that nobody has counted is not removed for one of them. */
const removal = (name: string, line: KnownHost): string =>
  isPattern(line.hosts)
    ? `correct ${place(line)}, which is for all of ${line.hosts}`
    : `run:\n    ssh-keygen -R ${word(name)} -f ${word(line.file)}`;
