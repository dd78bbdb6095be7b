import { isIPv4, isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';
import { err, ok, type Result } from '../../../util/result.ts';

export interface AddressError {
  readonly message: string;
  readonly hint: string;
}

const NAME = /^[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,251}[A-Za-z0-9_.])?$/;
/** All that some resolver takes for an IPv4 address: `127.1`, `0x7f000001`, `010.0.0.1`, `2130706433`. */
const NUMERIC = /^(?:0[xX][0-9a-fA-F]*|\d+)(?:\.(?:0[xX][0-9a-fA-F]*|\d+))*\.?$/;

/** A name that is safe in every place a host's name goes to: a pattern, a command line, a file. */
export const isHostName = (text: string): boolean => NAME.test(text);

/**
 * A host's address in one form: IPv4 as four decimal numbers, IPv6 without brackets and as RFC 5952 writes it, a mapped IPv4
 * address as IPv4, an international name in ASCII. Refuses what different programs read as different addresses.
 */
export function readAddress(text: string): Result<string, AddressError> {
  const bare = /^\[(.*)\]$/.exec(text)?.[1] ?? text;
  if (isIPv6(bare)) return ok(canonicalIPv6(bare));
  if (bare !== text) return err({ message: 'is not an IPv6 address in brackets', hint: 'write it as 2001:db8::1' });
  if (isIPv4(text)) return ok(text);
  if (NUMERIC.test(text)) {
    const hint = 'write four decimal numbers without leading zeros, such as 192.0.2.10';
    return err({ message: 'is read as different addresses by different programs', hint });
  }
  if (text.includes('@')) return err({ message: 'has a user in it', hint: 'put the user into ansible_user' });
  if (/^[^:]+:\d+$/.test(text)) return err({ message: 'has a port in it', hint: 'put the port into ansible_port' });
  const ascii = /^[\u0020-\u007e]*$/.test(text) ? text : domainToASCII(text);
  if (isHostName(ascii) && ascii.split('.').every((label) => label.length <= 63)) return ok(ascii.toLowerCase());
  return err({ message: 'is neither a host name nor an IP address', hint: 'write web01.example.com or 192.0.2.10' });
}

function canonicalIPv6(text: string): string {
  const [address = '', zone] = text.split('%');
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical) ?? [];
  if (high !== undefined && low !== undefined) {
    return [high, low]
      .map((half) => Number.parseInt(half, 16))
      .flatMap((half) => [half >> 8, half & 255])
      .join('.');
  }
  return zone === undefined ? canonical : `${canonical}%${zone}`;
}
