import { relative } from 'node:path';
import type { InventoryHost } from '../model/host.ts';
import { SecretName } from '../model/scalar-literal.ts';
import type { SourceRange } from '../model/source.ts';
import { MASK, Secret } from '../util/secret.ts';
import { plainJson } from './inventory-json.ts';

/** `ops@192.0.2.7 port 2222`, as far as the inventory says it. */
export function reachOf({ connection, address, user, port }: InventoryHost): string {
  if (connection === 'local') return 'this machine itself';
  const who = user === undefined ? '' : `${user}@`;
  const where = port === undefined ? address : `${address} port ${port}`;
  return `${who}${where}${connection === 'openssh' ? ' by openssh' : ''}`;
}

/** `group_vars/web.yml:3`, seen from `directory`. */
export function placeOf({ file, start }: SourceRange, directory: string): string {
  const near = file.startsWith('/') ? relative(directory, file) : file;
  return `${near.startsWith('../../') ? file : near}:${start.line}`;
}

/** A variable's value on one line; a text that could be taken for something else in quotes. */
export function valueText(value: unknown): string {
  if (value instanceof Secret) return `${MASK} (secret)`;
  if (value instanceof SecretName) return `!secret ${value.name}`;
  if (typeof value !== 'string') return JSON.stringify(plainJson(value));
  const isPlain = /^[^\s"'[\]{},!&*#?|>@`%-][^\n\r\t]*$/.test(value) && value.trim() === value;
  const isOther = /^(?:true|false|null|[-+.]?\d[\d._e+-]*)$/i.test(value);
  return isPlain && !isOther ? value : JSON.stringify(value);
}
