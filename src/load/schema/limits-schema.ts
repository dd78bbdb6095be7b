import type { JsonSchema } from './json-schema.ts';
import type { LimitKey } from './keys.ts';
import { literalSchema } from './type-schema.ts';

/** The limits of a runbook. `literals`: the forms of shares and durations too, which lint checks elsewhere with better words. */
export function limitsSchema({ literals }: { readonly literals: boolean }): JsonSchema {
  const percent = literalSchema({ kind: 'percent' });
  const hosts = literalSchema({ kind: 'int', minimum: 1 });
  const checked = (schema: JsonSchema, description: string): JsonSchema => ({
    ...(literals ? schema : {}),
    description,
  });
  const share: JsonSchema = { anyOf: [hosts, percent] };
  const duration = literalSchema({ kind: 'duration' });
  const properties: Record<LimitKey, JsonSchema> = {
    batches: {
      type: 'array',
      minItems: 1,
      items: checked(share, 'So many hosts, or a percent of those to be acted on'),
      description: 'How many hosts are acted on together; the first batch is the canary. Default [1, 25%, 100%]',
    },
    max_failures: checked(share, 'So many failures, or percent of the targeted hosts: no new host after it. Default 1'),
    max_unreachable: checked(share, 'More hosts that cannot be reached: nothing is changed. Default 25%'),
    brake: checked(percent, 'A larger share of the surveyed hosts with one finding: nothing is changed. Default 40%'),
    keep: {
      type: 'object',
      additionalProperties: false,
      required: ['group', 'healthy'],
      properties: {
        group: { type: 'string', description: 'A group of the inventory' },
        healthy: checked(hosts, 'So many others of the group must be healthy while one of it is acted on'),
      },
    },
    cooldown: checked(duration, 'How long a repaired host is left alone. Default 15m'),
    attempts: {
      type: 'object',
      additionalProperties: false,
      required: ['max', 'per'],
      properties: {
        max: checked(hosts, 'So many repairs of one finding on one host ...'),
        per: checked(duration, '... in this time'),
      },
      description: 'Default { max: 3, per: 24h }',
    },
    run_timeout: checked(duration, 'No new host is acted on after it. Default 30m'),
  };
  return { type: 'object', additionalProperties: false, properties };
}
