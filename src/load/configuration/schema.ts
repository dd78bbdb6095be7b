import { RISKS } from '../../model/action.ts';
import { MOST_FORKS } from '../../model/configuration.ts';
import { TRIGGERS } from '../../model/policy.ts';
import { OVERLAPS } from '../../model/schedule.ts';
import type { JsonSchema } from '../schema/json-schema.ts';
import { literalSchema } from '../schema/type-schema.ts';

/** The schema of configuration files for editors. */
export const configurationSchema = (): JsonSchema => schema(true);

/** Only keys, maps and lists: their values are checked with better words. */
export const configurationStructure = (): JsonSchema => schema(false);

function schema(literals: boolean): JsonSchema {
  const leaf = (form: JsonSchema, description: string): JsonSchema => ({ ...(literals ? form : {}), description });
  const several = (form: JsonSchema, description: string): JsonSchema =>
    leaf({ anyOf: [form, { type: 'array', minItems: 1, items: form }] }, description);
  const map = (properties: Readonly<Record<string, JsonSchema>>, required: readonly string[] = []): JsonSchema => ({
    type: 'object',
    additionalProperties: false,
    properties,
    ...(required.length > 0 && { required: [...required] }),
  });

  const text = literalSchema({ kind: 'string' });
  const duration = literalSchema({ kind: 'duration' });
  const percent = literalSchema({ kind: 'percent' });
  const hosts = literalSchema({ kind: 'int', minimum: 1 });
  const forks = literalSchema({ kind: 'int', minimum: 1, maximum: MOST_FORKS });
  const share: JsonSchema = { anyOf: [hosts, percent] };
  const oneOf = (values: readonly string[]): JsonSchema => ({ enum: [...values] });
  const clock: JsonSchema = { type: 'string', pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$' };
  const yes: JsonSchema = { type: 'boolean' };

  const time = map(
    {
      from: leaf(clock, 'HH:MM'),
      to: leaf(clock, 'HH:MM; past midnight when it is not after from'),
      days: several(oneOf(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']), 'On which it begins. Default: every day'),
      timezone: leaf(text, "IANA name. Default: the machine's"),
    },
    ['from', 'to'],
  );
  const condition: JsonSchema = {
    ...map({
      trigger: several(oneOf(TRIGGERS), 'What started the run'),
      hosts: leaf(text, 'A pattern of hosts'),
      runbooks: several(text, 'Names, or globs such as disk-*'),
      time,
    }),
    minProperties: 1,
  };
  const rule = map({
    name: leaf(text, 'For the reason that a refused host is given'),
    when: condition,
    unless: condition,
    repair: leaf({ enum: [false] }, 'false: hosts are diagnosed and nothing else'),
    max_risk: leaf(oneOf(RISKS), 'Hosts with a step beyond it are left alone'),
    max_failures: leaf(share, 'So many failures, or percent of the targeted hosts: no new host after it'),
    max_unreachable: leaf(share, 'More hosts that cannot be reached: nothing is changed'),
    brake: leaf(percent, 'A larger share of the surveyed hosts with one finding: nothing is changed'),
    forks: leaf(forks, 'Hosts at once'),
  });
  const schedule = map(
    {
      runbook: leaf(text, 'A name or a path'),
      hosts: leaf(text, "A pattern. Default: the runbook's"),
      cron: leaf(text, "minute hour day-of-month month day-of-week, such as '*/5 * * * *', or @daily"),
      every: leaf(duration, 'From 30s on, counted from 1970-01-01T00:00Z'),
      timezone: leaf(text, "IANA name, for cron. Default: the machine's"),
      jitter: leaf(duration, 'Each occurrence starts up to so much later. Default 0s'),
      overlap: leaf(oneOf(OVERLAPS), 'When the one before still runs. Default skip'),
      grace: leaf(duration, 'How late an occurrence may still start. Default: half the interval, from 1m to 1h'),
      mode: leaf(oneOf(['repair', 'shadow']), 'shadow: only diagnose, and write down what would have been repaired'),
      max_risk: leaf(oneOf(RISKS), 'What is approved. Default restart'),
      params: { type: 'object', description: 'As --param' },
      tags: several(text, 'Only fix steps with one of these'),
      skip_tags: several(text, 'No fix steps with one of these'),
      paused: leaf(yes, 'true: it does not start'),
      metrics_file: leaf(text, "Written when a run has ended, for node_exporter's textfile collector"),
      ping: leaf(text, 'URL/start is called when it begins, URL/EXITCODE when it has ended'),
    },
    ['runbook'],
  );
  const serve = map({
    listen: leaf(text, 'The path of a socket, or a loopback address and port such as 127.0.0.1:9797'),
    runs: leaf(hosts, 'Runs at once. Default 4'),
    connections: map({
      keep: leaf(literalSchema({ kind: 'int', minimum: 0 }), 'Connections kept between runs. Default 200'),
      idle: leaf(duration, 'How long one is kept that nobody uses. Default 15m'),
    }),
    stop: leaf(duration, 'How long runs may go on when it is stopped. Default 90s'),
  });
  const notify = map({
    name: leaf(text, 'Who it is'),
    webhook: leaf(text, 'A URL, or !secret NAME'),
    format: leaf(oneOf(['cloudevents', 'slack']), 'Default cloudevents'),
    allow: several(text, 'Private networks that it may lead to, such as 10.0.0.0/8'),
    email: leaf(text, "An address, to which the machine's sendmail sends"),
    on: several(oneOf(['needs-person', 'repaired', 'all']), 'What is told. Default needs-person'),
    when: condition,
  });

  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'configuration',
    ...map({
      inventory: several(text, 'Files, folders or programs with hosts; the later one is the stronger'),
      runbooks: several(text, 'Folders of runbooks, before /etc/runbook/runbooks'),
      secrets: leaf(text, 'The file with the values of !secret NAME'),
      age_identity: leaf(text, 'The key that decrypts it'),
      forks: leaf(forks, 'Hosts at once. Default 50'),
      lock_wait: leaf(duration, 'How long hosts are waited for that another run has locked'),
      clear_text_passwords: leaf(oneOf(['warn', 'refuse']), 'In an inventory. Default warn'),
      policy: { type: 'array', items: rule, description: 'Rules that tighten what runs may do' },
      schedules: { type: 'object', additionalProperties: schedule, description: 'By name' },
      serve,
      notify: { type: 'array', items: notify, description: 'Who is told of runs' },
    }),
  };
}
