import type { ErrorInfo } from '../../model/error.ts';
import { printableLine } from '../../util/printable.ts';
import { addressUnknown, connectionRefused, noWay, unanswered } from '../unreached.ts';
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
    means: ([, name = '']) => addressUnknown(name),
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
  if (/refused/i.test(why)) return connectionRefused(where);
  return /timed out/i.test(why) ? unanswered(where, timeoutMs) : noWay(where, why);
}
