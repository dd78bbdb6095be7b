import type { Action } from '../model/action.ts';
import type { JsonSchema } from './schema/json-schema.ts';
import { runbookStructure } from './schema/runbook-structure.ts';
import { fieldsSchema } from './schema/type-schema.ts';

/** The schema of runbook files for editors: every key and every action with its params, described. */
export function runbookSchema(actions: ReadonlyMap<string, Action>): JsonSchema {
  const entries = [...actions.values()].map((action) => [action.name, actionSchema(action)] as const);
  return runbookStructure({ actions: Object.fromEntries(entries), literals: true });
}

function actionSchema(action: Action): JsonSchema {
  const params = fieldsSchema(action.params);
  const short = shortFormOf(action);
  const described = { description: action.summary };
  if (short === undefined) return { ...described, ...params };
  const items: JsonSchema = short === 'argv' ? { type: ['array', 'string'], minItems: 1 } : { type: 'string' };
  return { ...described, if: { type: 'object' }, then: params, else: items };
}

/** The param that `command: [df]` and `shell: text` stand for. */
export function shortFormOf(action: Action): string | undefined {
  const [first] = Object.entries(action.params);
  if (first?.[1].type.kind === 'shell-text') return first[0];
  return action.name === 'command' ? 'argv' : undefined;
}

/** The schema of inventory files for editors: groups with hosts, vars and children, as Ansible has them. */
export function inventorySchema(): JsonSchema {
  const vars: JsonSchema = {
    type: ['object', 'string', 'null'],
    properties: {
      ansible_host: { type: 'string', description: 'Address; by default the name' },
      ansible_port: { type: 'integer', minimum: 1, maximum: 65535 },
      ansible_user: { type: 'string', description: 'Login user' },
      ansible_connection: { enum: ['ssh', 'local'] },
      ansible_ssh_private_key_file: { type: 'string' },
      ansible_become_password: { type: 'string', description: 'For sudo: !secret NAME' },
      ansible_become_pass: { type: 'string', description: 'The same as ansible_become_password' },
      runbook_known_hosts: { type: 'string', description: 'The known_hosts file to check its key against' },
    },
  };
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'inventory',
    type: 'object',
    additionalProperties: { $ref: '#/definitions/group' },
    definitions: {
      group: {
        type: ['object', 'string', 'null'],
        additionalProperties: false,
        properties: {
          hosts: { type: ['object', 'string', 'null'], additionalProperties: vars },
          vars,
          children: { type: ['object', 'string', 'null'], additionalProperties: { $ref: '#/definitions/group' } },
        },
      },
    },
  };
}
