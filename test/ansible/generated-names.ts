import type { Random } from '../support/random.ts';

export const HOST_NAMES = [
  'web01',
  'web02',
  'web03',
  'web10',
  'db-1',
  'db-2',
  'app.example.com',
  'mail.example.com',
  'node_a',
  'node_b',
  '192.0.2.7',
  'lonely',
] as const;

export const GROUP_NAMES = ['web', 'db', 'prod', 'staging', 'east', 'west', 'eu-west', 'app_servers', 'site2'] as const;

export const VARIABLE_NAMES = ['a', 'port', 'http_port', 'zone', 'debug', 'items', 'note', 'answer', 'source'] as const;

/** Keys of an inventory, some of which stand for several hosts. */
export function hostKey(random: Random): string {
  if (random.chance(70)) return random.pick(HOST_NAMES);
  return random.pick([
    'web[01:04]',
    'web[1:3]',
    'db-[a:c]',
    'n[1:9:3].example.com',
    'r[a:b]n[08:10]',
    'rack[0:1][a:b]',
    'web[01:10]',
  ]);
}
