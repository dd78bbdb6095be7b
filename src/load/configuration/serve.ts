import { dirname, resolve } from 'node:path';
import type { Serve } from '../../model/configuration.ts';
import type { CheckedMap } from '../checked-map.ts';
import type { YamlNode } from '../yaml/node.ts';
import type { ConfigurationPart } from './part.ts';
import { asText, isLoopback, setting } from './settings.ts';

const MOST_RUNS = 100;
const MOST_KEPT = 10_000;
/** What waits longer than 24 days, Node does not wait for at all. */
const MOST_MS = 24 * 60 * 60_000;
const UP_TO_A_DAY = 'a duration such as 90s, of 24h at most';

/** What `serve` says, each with its place. */
export function readServe(root: CheckedMap): ConfigurationPart['serve'] {
  const map = root.map('serve');
  if (map === undefined) return {};
  const connections = map.map('connections');
  const listen = setting(map, 'listen', readListen(map));
  const runs = setting(map, 'runs', map.number('runs', 1, MOST_RUNS));
  const stopMs = setting(map, 'stop', map.duration('stop', { least: 0, most: MOST_MS, wanted: UP_TO_A_DAY }));
  const keep = connections && setting(connections, 'keep', connections.number('keep', 0, MOST_KEPT));
  const idleMs =
    connections &&
    setting(connections, 'idle', connections.duration('idle', { least: 1000, most: MOST_MS, wanted: UP_TO_A_DAY }));
  return {
    ...(listen !== undefined && { listen }),
    ...(runs !== undefined && { runs }),
    ...(stopMs !== undefined && { stopMs }),
    ...(keep !== undefined && { keepConnections: keep }),
    ...(idleMs !== undefined && { idleMs }),
  };
}

function readListen(map: CheckedMap): Serve['listen'] {
  const file = map.report.source.file;
  return map.read('listen', 'the path of a socket, or a port of this machine such as 127.0.0.1:9797', (node) =>
    asListen(node, file),
  );
}

function asListen(node: YamlNode, file: string): Serve['listen'] {
  const text = asText(node) ?? '';
  if (text.includes('/')) return text.startsWith('~') ? undefined : { socket: resolve(dirname(file), text) };
  const [, named = '', digits = ''] = /^(\[[^\]]+\]|[^:]+):(\d{1,5})$/.exec(text) ?? [];
  const [address, port] = [named.replace(/^\[|\]$/g, ''), Number(digits)];
  return isLoopback(address) && port >= 1 && port <= 65_535 ? { address, port } : undefined;
}
