import type { CommandResult, Script } from '../../model/script.ts';
import { err, ok, type Result } from '../../util/result.ts';
import { lastLine } from './failure.ts';

const TEXT = `
[ -r /proc/net/tcp ] || { echo 'there is no /proc/net/tcp' >&2; exit 69; }
grep -h ' 0A ' /proc/net/tcp /proc/net/tcp6 2>/dev/null
exit 0
`;

export function isLoopback(address: string): boolean {
  return address === 'localhost' || address === '::1' || /^127\.\d+\.\d+\.\d+$/.test(address);
}

/** Reads which TCP ports are listened on, without connecting to any. */
export function listeningScript(address: string, port: number): Script {
  return { summary: `is ${address}:${port} listened on?`, text: TEXT };
}

/**
 * Does the table say that connections to this loopback address are accepted? A socket bound to all IPv6 addresses counts for
 * IPv4 too, as it does unless its program asked otherwise. An error is why the host could not be used for looking.
 */
export function readListening(result: CommandResult, address: string, port: number): Result<boolean, string> {
  if (result.end.how !== 'exit') return err(`the script ended by ${result.end.how}`);
  if (result.end.code !== 0)
    return err(`forwarding is refused, and ${lastLine(result.stderr.text) || 'the host does not say what listens'}`);
  const accepted = boundTo(address);
  return ok(
    result.stdout.text.split('\n').some((line) => {
      const [, bound, hexPort] = /^ *\d+: ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) \S+ 0A /.exec(line) ?? [];
      return bound !== undefined && accepted.has(bound) && Number.parseInt(hexPort ?? '', 16) === port;
    }),
  );
}

const ANY4 = '00000000';
const ANY6 = '0'.repeat(32);
const LOOPBACK6 = ['00000000000000000000000001000000', '00000000000000000000000000000001'];

/** The kernel writes each word of an address in the byte order of the machine. */
function boundTo(address: string): ReadonlySet<string> {
  if (address === '::1') return new Set([ANY6, ...LOOPBACK6]);
  const bytes = (address === 'localhost' ? '127.0.0.1' : address)
    .split('.')
    .map((byte) => Number(byte).toString(16).padStart(2, '0').toUpperCase());
  const words = [bytes.toReversed().join(''), bytes.join('')];
  const mapped = [`0000000000000000FFFF0000${words[0]}`, `00000000000000000000FFFF${words[1]}`];
  return new Set([ANY4, ANY6, ...words, ...mapped, ...(address === 'localhost' ? LOOPBACK6 : [])]);
}
