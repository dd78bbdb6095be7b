import type { ErrorInfo } from '../../model/error.ts';
import type { SshHost } from '../../model/host.ts';
import { printableLine } from '../../util/printable.ts';
import type { Asked } from './askpass.ts';

/** Whom `ssh` speaks about. */
export interface About {
  readonly host: SshHost;
  /** `ADDRESS:PORT`. */
  readonly where: string;
  /** All of its log, for what is said there only by the way. */
  readonly log: string;
  /** The host key in words, when it was shown. */
  readonly shown: string | undefined;
  readonly timeoutMs: number;
  readonly asked: Asked;
  /** It speaks about a jump host: what is known of the host itself is not meant. */
  readonly hop?: true;
}

/** Words of OpenSSH in the C locale, and what they mean for us. */
export interface Words {
  readonly words: RegExp;
  readonly means: (match: RegExpExecArray, about: About) => ErrorInfo;
}

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
      hint: `If the host was rebuilt, ask its owner for the new fingerprint, then: ssh-keygen -R '${nameOf(about)}' -f ${printableLine(file)}`,
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
      hint: `Compare the fingerprint with the one its owner gives, then: ${scan(about, name)} >>${knownHosts(about)}`,
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

/** Why nobody was let in. */
export const LOGIN_WORDS: readonly Words[] = [
  {
    words: /signing failed for (\S+-SK) "?([^":\r\n]*)"?[^:\r\n]*: ([^\r\n]+)[^]*Permission denied/,
    means: ([, , file = '', why = '']) => ({
      code: 'key-unusable',
      message: `the key ${printableLine(file)} is on a FIDO token, which does not answer: ${printableLine(why)}`,
      hint: 'Plug the token in and touch it when it blinks. A token that wants a PIN can be used by an agent only: ssh-add -K, or ssh-add FILE.',
    }),
  },
  {
    words: /Permissions (\d+) for '([^'\r\n]+)' are too open/,
    means: ([, mode, file = '']) => ({
      code: 'key-unusable',
      message: `the private key ${printableLine(file)} can be read by others (mode ${mode})`,
      hint: `chmod 600 ${printableLine(file)}`,
    }),
  },
  {
    words: /Load key "([^"\r\n]+)": ([^\r\n]+)[^]*Permission denied/,
    means: ([, file = '', why = '']) => ({
      code: 'key-unusable',
      message: `the private key ${printableLine(file)} can't be used: ${printableLine(why)}`,
      hint: `Look at it: ssh-keygen -y -f ${printableLine(file)}`,
    }),
  },
  {
    words: /Permission denied[^]*Identity file (.+) not accessible: ([^\r\n]+)\./,
    means: ([, file = '', why = '']) => ({
      code: 'key-unusable',
      message: `the private key ${printableLine(file)} can't be read: ${printableLine(why)}`,
      hint: 'Correct ansible_ssh_private_key_file in the inventory.',
    }),
  },
  {
    words: /(?:(\S+)@(\S+): )?Permission denied \(([^)\r\n]*)\)/,
    means: ([, user, name, methods = ''], about) =>
      about.hop
        ? refused(printableLine(name ?? 'it'), printableLine(user ?? 'the user'), methods)
        : refusedLogin(about, methods),
  },
  {
    words: /Too many authentication failures/,
    means: (_, about) => ({
      code: 'authentication',
      message: `${about.where} refuses ${about.host.user}: too many keys were shown to it`,
      hint: 'Name the one key: ansible_ssh_private_key_file in the inventory, and IdentitiesOnly yes in the configuration of ssh.',
    }),
  },
];

function refusedLogin(about: About, methods: string): ErrorInfo {
  const { where, host, asked } = about;
  if (asked.withheldBy !== undefined)
    return {
      code: 'authentication',
      message: `the password was not shown to ${where}: ${asked.withheldBy} refused this very password for a login`,
      hint: 'Correct ansible_password, or the secret that it names. Each wrong password is a step towards a locked account.',
    };
  if (asked.password === true)
    return {
      code: 'authentication',
      message: `${where} refuses ${host.user} with the password`,
      hint: 'Correct ansible_user and ansible_password in the inventory, or the secret that it names. It is shown to no other host now.',
    };
  if (asked.other !== undefined)
    return {
      code: 'authentication',
      message: `${where} asks ${host.user} for more than a password: ${asked.other}`,
      hint: 'Only a person can answer that. Let this user log in with a key alone there, or choose another user.',
    };
  const locked = lockedKey(about.log);
  if (locked === undefined) return refused(where, host.user, methods);
  if (asked.passphrase === true)
    return {
      code: 'key-unusable',
      message: `the private key ${locked} can't be decrypted: the passphrase is wrong`,
      hint: `Correct the passphrase in the inventory, or the secret that it names. Try it: ssh-keygen -y -f ${locked}`,
    };
  return {
    code: 'key-unusable',
    message: `${where} would take the private key ${locked}, but it can't be opened here: it may be encrypted`,
    hint: `Give it to an agent: ssh-add ${locked}`,
  };
}

const refused = (where: string, user: string, methods: string): ErrorInfo => ({
  code: 'authentication',
  message: `${where} refuses ${user} with what ssh shows; it takes: ${printableLine(methods).replaceAll(',', ', ')}`,
  hint: `Put the public key into ~${user}/.ssh/authorized_keys there, or correct ansible_user and ansible_ssh_private_key_file in the inventory.`,
});

/** Why there was nobody to speak with, or no common language. */
export const WAY_WORDS: readonly Words[] = [
  {
    words:
      /Bad configuration option: (\S+)|terminating, \d+ bad configuration|Bad owner or permissions|Can't open user config|^[^\s:]+ line \d+: .*$/m,
    means: ([words], about) => ({
      code: 'configuration',
      message: `ssh can't use its configuration: ${printableLine(words)}`,
      hint: `Correct it; this must work: ssh -G ${about.host.ssh.program.destination}`,
    }),
  },
  {
    words: /Could not resolve hostname ([^:\r\n]+)/,
    means: ([, name = '']) => ({
      code: 'address-unknown',
      message: `the name ${printableLine(name)} has no address`,
      hint: 'Correct address in the inventory, or DNS.',
    }),
  },
  {
    words: /connect to (?:host|address) (\S+) port (\d+): ([^\r\n]+)/,
    means: ([, address, port, why = ''], about) => unreached(`${address}:${port}`, printableLine(why), about.timeoutMs),
  },
  {
    words: /(timed out) during banner exchange|Connection to \S+ port \d+ (timed out)/,
    means: (_, about) => unreached(about.where, 'timed out', about.timeoutMs),
  },
  {
    words: /no matching ([^.\r\n]+) found\. Their offer: ([^\r\n]*)/,
    means: ([, what, offer = ''], about) => ({
      code: 'protocol',
      message: `no common ${what} with ${about.hop ? 'it' : about.where}; it offers: ${printableLine(offer).replaceAll(',', ', ')}`,
      hint: 'Let sshd there offer what the ssh here knows (ssh -Q kex, cipher, mac, key), or update the older of the two.',
    }),
  },
];

function unreached(where: string, why: string, timeoutMs: number): ErrorInfo {
  if (/refused/i.test(why))
    return {
      code: 'connection-refused',
      message: `${where} refuses connections`,
      hint: 'Is sshd running there, and on this port?',
    };
  return {
    code: 'connection-timeout',
    message: /timed out/i.test(why)
      ? `${where} did not answer within ${timeoutMs / 1000} s`
      : `there is no way to ${where} (${why})`,
    hint: 'Is the host up, and does a firewall let SSH through from here?',
  };
}

/** The host would have taken it, and `ssh` could not sign with it and may not ask. */
function lockedKey(log: string): string | undefined {
  const match =
    /^debug1: Server accepts key: (.+?) [A-Z0-9-]+ SHA256:(?![^]*^debug1: (Offering|Trying|Server accepts))/m.exec(log);
  return match?.[1] === undefined ? undefined : printableLine(match[1]);
}

const key = ({ shown, hop }: About): string => (shown === undefined || hop ? 'a key' : `the ${shown}`);

const files = ({ host, hop }: About): string => {
  const all = [...host.ssh.hostKeys.userFiles, ...host.ssh.hostKeys.globalFiles];
  return hop || all.length === 0 ? 'a known_hosts file' : all.join(' or ');
};

const knownHosts = ({ host, hop }: About): string =>
  (hop ? undefined : host.ssh.hostKeys.userFiles[0]) ?? '~/.ssh/known_hosts';

const scan = ({ host, hop }: About, name: string): string =>
  hop
    ? `ssh-keyscan ${printableLine(name)}`
    : `ssh-keyscan ${host.port === 22 ? '' : `-p ${host.port} `}${host.address}`;

const nameOf = ({ host }: About): string =>
  host.ssh.hostKeys.alias ?? (host.port === 22 ? host.address : `[${host.address}]:${host.port}`);

function authority({ log }: About): string {
  const signer = /^debug1: Server host certificate: .* CA (\S+ SHA256:\S+)/m.exec(log)?.[1];
  return signer === undefined ? '' : `; its certificate is signed by the authority ${signer}`;
}
