import { printableLine } from '../../util/printable.ts';
import { word } from '../shell/quote.ts';
import type { About, Words } from './words.ts';

const IMPOSTOR = 'Someone may stand between you and this host. Do not log in until its owner has given it a new key.';

/** The verdict on a host key, the worst first. */
export const HOST_KEY_WORDS: readonly Words[] = [
  {
    words: /Host key (\S+) (SHA256:\S+) revoked by file ([^\r\n]+)/,
    means: ([, type, print, file]) => ({
      code: 'host-key-revoked',
      message: `the host shows the ${type} key ${print}, which is revoked in ${printableLine(file ?? '')}`,
      hint: IMPOSTOR,
    }),
  },
  {
    words: /REVOKED HOST KEY DETECTED|host key for (\S+) was revoked/,
    means: (_, about) => ({
      code: 'host-key-revoked',
      message: `the host shows ${key(about)}, which is revoked in ${files(about)}`,
      hint: IMPOSTOR,
    }),
  },
  {
    words: /Error checking host key .* in revoked keys file ([^\r\n]+): ([^\r\n:]+)/,
    means: ([, file, why]) => ({
      code: 'host-key-unverifiable',
      message: `the file of revoked keys ${printableLine(file ?? '')} can't be read: ${printableLine(why ?? '')}`,
      hint: 'Correct RevokedHostKeys in the configuration of ssh, or put the file there.',
    }),
  },
  {
    words: /REMOTE HOST IDENTIFICATION HAS CHANGED[^]*?Offending (\S+) key in ([^\r\n]+):(\d+)/,
    means: ([, type, file = '', line], about) => ({
      code: 'host-key-changed',
      message: `the host key has changed: known is another ${type} key (${printableLine(file)}:${line}), the host shows ${key(about)}`,
      hint: `If the host was rebuilt, ask its owner for the new fingerprint, then: ssh-keygen -R ${word(nameOf(about))} -f ${word(printableLine(file))}`,
    }),
  },
  {
    words: /Certificate invalid: ([^\r\n]+)/,
    means: ([, why = ''], about) => ({
      code: 'host-key-unverifiable',
      message: `the host shows a certificate that does not count: ${printableLine(why)}${authority(about)}`,
      hint: 'Ask whoever runs that authority for a new certificate of the host, for the name it is reached by.',
    }),
  },
  {
    words: /No (\S+) host key is known for (\S+) and you have requested strict checking/,
    means: ([, type, name = ''], about) => ({
      code: 'host-key-unknown',
      message: about.hop
        ? `${printableLine(name)} is unknown: ssh finds no ${type} key of it`
        : `the host is unknown: its ${key(about).replace(/^the /, '')} is not in ${files(about)}${authority(about)}`,
      hint: `Compare the fingerprint with the one its owner gives, then:\n    ${scan(about, name)} >>${knownHosts(about)}`,
    }),
  },
  {
    words: /Host key verification failed/,
    means: (_, about) => ({
      code: 'host-key-unverifiable',
      message: about.hop ? 'the key of the jump host is not believed' : `ssh does not believe ${key(about)}`,
      hint: `Try: ssh -v ${about.host.ssh.program.destination}`,
    }),
  },
];

const key = ({ shown, hop }: About): string => (shown === undefined || hop ? 'a key' : `the ${shown}`);

const files = ({ host, hop }: About): string => {
  const all = [...host.ssh.hostKeys.userFiles, ...host.ssh.hostKeys.globalFiles];
  return hop || all.length === 0 ? 'a known_hosts file' : all.join(' or ');
};

function knownHosts({ host, hop }: About): string {
  const [file] = hop ? [] : host.ssh.hostKeys.userFiles;
  return file === undefined ? '~/.ssh/known_hosts' : word(file);
}

const scan = ({ host, hop }: About, name: string): string =>
  hop
    ? `ssh-keyscan -- ${word(printableLine(name))}`
    : `ssh-keyscan ${host.port === 22 ? '' : `-p ${host.port} `}${word(host.address)}`;

const nameOf = ({ host }: About): string =>
  host.ssh.hostKeys.alias ?? (host.port === 22 ? host.address : `[${host.address}]:${host.port}`);

function authority({ log }: About): string {
  const signer = /^debug1: Server host certificate: .* CA (\S+ SHA256:\S+)/m.exec(log)?.[1];
  return signer === undefined ? '' : `; its certificate is signed by the authority ${signer}`;
}
