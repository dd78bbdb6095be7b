import type { Become } from '../../model/transport.ts';
import type { Report } from '../report.ts';
import type { YamlNode } from '../yaml/node.ts';

/** `false`, `true` (root) or the name of a user; undefined when it is not written or was reported. */
export function readBecome(node: YamlNode | undefined, report: Report): Become | undefined {
  if (node?.kind !== 'scalar') return undefined;
  if (typeof node.value === 'boolean') return node.value;
  const word = /^(?:yes|no|on|off|y|n)$/i.test(node.text);
  if (!word && typeof node.value === 'string' && /^[a-z_][a-z0-9_-]{0,30}\$?$/.test(node.value)) return node.value;
  const hint = word
    ? 'yes, no, on and off are text in YAML 1.2: write true or false'
    : 'write true (root), false, or the name of a user';
  report.error(word ? 'E_BOOL' : 'E_VALUE', node.at, `become: ${node.text.slice(0, 80)} is no user`, hint);
  return undefined;
}
