import { isIP } from 'node:net';
import type { Notify } from '../../model/configuration.ts';
import type { CheckedMap } from '../checked-map.ts';
import { headOf, type YamlNode } from '../yaml/node.ts';
import { readCondition } from './condition.ts';
import type { ConfigurationContext } from './part.ts';
import { asText, secretUrl } from './settings.ts';

/** Those who are told, without those to whom no way was found. */
export function readNotify(root: CheckedMap, context: ConfigurationContext): readonly Notify[] {
  return root.maps('notify').flatMap((map, index) => {
    const name = map.text('name', 'a text that says who it is');
    const on = map.choices('on', ['needs-person', 'repaired', 'all']) ?? ['needs-person'];
    const when = readCondition(map.map('when'), context);
    const to = readAddress(map);
    if (to === undefined) return [];
    const usual = to.kind === 'email' ? to.address : `notify ${index + 1}`;
    return [{ name: name ?? usual, to, on, when, at: map.report.lines.range(headOf(map.node)) }];
  });
}

function readAddress(map: CheckedMap): Notify['to'] | undefined {
  const { report } = map;
  const [webhook, email] = [map.at('webhook'), map.at('email')];
  if (webhook !== undefined && email !== undefined) {
    return void report.error(
      'E_VALUE',
      map.keyOf('email'),
      'there is a webhook as well as an email',
      'write two entries',
    );
  }
  if (webhook === undefined && email === undefined) {
    const hint = 'write webhook: and its URL, or email: and an address';
    return void report.error('E_REQUIRED', headOf(map.node), 'it says neither webhook nor email', hint);
  }
  if (email !== undefined) {
    for (const key of ['format', 'allow']) {
      if (map.at(key) !== undefined)
        report.error('E_VALUE', map.keyOf(key), `${key} is for a webhook`, `remove ${key}`);
    }
    const address = map.read('email', 'an address such as ops@example.org', asAddress);
    return address === undefined ? undefined : { kind: 'email', address };
  }
  const url = secretUrl(map, 'webhook');
  const format = map.choice('format', ['cloudevents', 'slack']) ?? 'cloudevents';
  const allow = map.several('allow', 'a network such as 10.0.0.0/8', asNetwork) ?? [];
  return url === undefined ? undefined : { kind: 'webhook', url, format, allow };
}

/** A name of this machine's is one as well. None begins with what a program would take for an option. */
function asAddress(node: YamlNode): string | undefined {
  const text = asText(node) ?? '';
  return /^[A-Za-z0-9_][A-Za-z0-9._+-]*(?:@[A-Za-z0-9][A-Za-z0-9.-]*)?$/.test(text) ? text : undefined;
}

function asNetwork(node: YamlNode): string | undefined {
  const text = asText(node) ?? '';
  const [address = '', bits, ...more] = text.split('/');
  const most = isIP(address) === 4 ? 32 : 128;
  if (isIP(address) === 0 || more.length > 0) return undefined;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most) ? text : undefined;
}
