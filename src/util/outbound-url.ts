import { err, ok, type Result } from './result.ts';

/**
 * Reads a URL that a request may go to. Only what says plainly where it goes: `https:` or, to this machine, `http:`; no user; a host
 * in the form in which it is looked up, for `http://0x7f.1` and a name in other letters are other hosts than they look. The error is
 * for people, and repeats nothing of the URL: it may be a secret.
 */
export function readOutboundUrl(text: string): Result<URL, string> {
  if (!URL.canParse(text)) return err('is no URL');
  const url = new URL(text);
  const { protocol, username, password, hostname } = url;
  if (protocol !== 'https:' && protocol !== 'http:') return err('must begin with https://');
  if (username + password !== '') return err('has a user or a password in it');
  const host = /^https?:\/\/([^/?#]*)/i.exec(text)?.[1]?.toLowerCase();
  const isAsRead = host !== undefined && [url.host, `${hostname}:${usualPort(url)}`].includes(host);
  if (!isAsRead || !/^[!-[\]-~]+$/.test(text))
    return err('is not in its plain form: signs of ASCII only, the host as it is looked up (xn--..., 127.0.0.1)');
  if (protocol === 'http:' && !isThisMachine(url)) return err('must begin with https://: http:// is for this machine');
  return ok(url);
}

/** By what the URL itself says, whatever a name may be looked up as. */
export const isThisMachine = ({ hostname }: URL): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);

const usualPort = ({ protocol }: URL): number => (protocol === 'https:' ? 443 : 80);
