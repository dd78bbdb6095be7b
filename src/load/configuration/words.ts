import { printable, type SchemaWords } from '../schema-errors.ts';

/** Where a key belongs that stands in the wrong place. */
const HOMES: readonly (readonly [keys: readonly string[], home: string])[] = [
  [['inventory', 'secrets', 'age_identity', 'lock_wait', 'clear_text_passwords', 'policy', 'notify'], 'the top'],
  [['schedules', 'serve'], 'the top'],
  [['unless', 'repair', 'max_failures', 'max_unreachable', 'brake'], 'a rule of policy'],
  [['trigger', 'time'], 'when or unless of a rule'],
  [['from', 'to', 'days'], 'time'],
  [['cron', 'every', 'jitter', 'overlap', 'grace', 'mode', 'paused', 'metrics_file', 'ping'], 'a schedule'],
  [['listen', 'runs', 'connections', 'stop'], 'serve'],
  [['keep', 'idle'], 'connections of serve'],
  [['webhook', 'email', 'format', 'allow', 'on'], 'an entry of notify'],
];

export const CONFIGURATION_WORDS: SchemaWords = {
  file: 'the configuration',
  unknownKey: (key, known) => {
    const home = HOMES.find(([keys]) => keys.includes(key))?.[1];
    return {
      what: `unknown key ${printable(key)}`,
      choices: `there are ${known.join(', ')}`,
      ...(home !== undefined && { home }),
    };
  },
  needs: (key) => REQUIRED_HINTS[key],
};

const REQUIRED_HINTS: Readonly<Record<string, string>> = {
  runbook: 'write runbook: and its name',
  from: "write time: { from: '22:00', to: '06:00' }",
  to: "write time: { from: '22:00', to: '06:00' }",
};

/** What to write, by key. */
export const HINTS: Readonly<Record<string, string>> = {
  inventory: 'write inventory: /etc/runbook/inventory.yaml, or a list',
  runbooks: 'write a list such as [/srv/ops/runbooks]',
  forks: 'write it like 50',
  lock_wait: 'write it like 2m; 0s for not at all',
  from: "write it like '22:00', in quotes; midnight is '00:00'",
  to: "write it like '06:00', in quotes; midnight is '00:00'",
  timezone: 'a name of the IANA data base, as timedatectl list-timezones prints them',
  max_failures: 'write it like 1 or 10%',
  max_unreachable: 'write it like 5 or 25%',
  brake: 'write it like 20%',
  name: 'write a text, in quotes when it is a number',
  runbook: 'write the name of a runbook, or its path',
  every: 'write it like 5m',
  jitter: 'write it like 30s; 0s for none',
  grace: 'write it like 10m',
  listen: 'other machines have no business there; a proxy on this one may let them in',
  stop: 'write it like 90s',
  keep: 'write it like 200; 0 for none',
  idle: 'write it like 15m',
  email: 'one address; for two write two entries',
  allow: 'write it like 10.0.0.0/8',
};
