import type { ErrorInfo } from '../../model/error.ts';
import { printableLine } from '../../util/printable.ts';
import type { Words } from './words.ts';

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
