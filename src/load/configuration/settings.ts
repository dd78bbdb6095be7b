import { dirname, resolve } from 'node:path';
import type { Setting } from '../../model/configuration.ts';
import { SecretName } from '../../model/scalar-literal.ts';
import type { SourceRange } from '../../model/source.ts';
import { readOutboundUrl } from '../../util/outbound-url.ts';
import type { CheckedMap } from '../checked-map.ts';
import { plainValue, type YamlNode } from '../yaml/node.ts';

/** A text that is not empty. */
export function asText(node: YamlNode): string | undefined {
  const value = plainValue(node);
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** A path as a full one: it starts at the folder of the file in which it is written. */
export function pathIn(file: string): (node: YamlNode) => string | undefined {
  return (node) => {
    const path = asText(node);
    return path === undefined || path.startsWith('~') ? undefined : resolve(dirname(file), path);
  };
}

export const PATH_WANTED = 'a path';
export const homeHint = (node: YamlNode): string | undefined =>
  asText(node)?.startsWith('~') === true ? 'no home is filled in here: write the path in full' : undefined;

export function path(map: CheckedMap, key: string): string | undefined {
  return map.read(key, PATH_WANTED, pathIn(map.report.source.file), homeHint);
}

function placeOf(map: CheckedMap, key: string): SourceRange {
  return map.report.lines.range(map.at(key)?.at ?? map.keyOf(key));
}

/** With the place of its value; nothing when it is absent. */
export function setting<T>(map: CheckedMap, key: string, value: T | undefined): Setting<T> | undefined {
  return value === undefined ? undefined : { value, at: placeOf(map, key) };
}

/** `https:`, or `http:` to this machine. Messages do not repeat it: it may be all that is needed to write there. */
export function url(map: CheckedMap, key: string): string | undefined {
  const node = map.at(key);
  if (node === undefined) return undefined;
  const text = asText(node);
  const wrong = (what: string) => void map.report.error('E_URL', node.at, `${key} ${what}`, URL_HINT);
  if (text === undefined || !URL.canParse(text)) return wrong('is no URL');
  const { protocol, hostname, username, password } = new URL(text);
  const isNear = protocol === 'http:' && isLoopback(hostname.replace(/^\[|\]$/g, ''));
  if (protocol !== 'https:' && !isNear) return wrong('must begin with https://, or be of this machine');
  if (username + password !== '') return wrong('has a user or a password in it');
  const plain = readOutboundUrl(text);
  return plain.ok ? text : wrong(plain.error);
}

const URL_HINT = 'write it like https://hooks.example.org/...';

export const isLoopback = (address: string): boolean =>
  address === 'localhost' || address === '::1' || /^127(?:\.\d{1,3}){3}$/.test(address);

/** The URL, or the name of the secret that holds it. */
export function secretUrl(map: CheckedMap, key: string): string | SecretName | undefined {
  const node = map.at(key);
  const value = node === undefined ? undefined : plainValue(node);
  return value instanceof SecretName ? value : url(map, key);
}
