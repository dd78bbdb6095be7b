import type { Action } from '../model/action.ts';
import type { JsonSchema } from './schema/json-schema.ts';
import { fragmentStructure, runbookStructure } from './schema/runbook-structure.ts';
import { fieldsSchema } from './schema/type-schema.ts';

/** The schema of runbook files for editors: every key and every action with its params, described. */
export function runbookSchema(actions: ReadonlyMap<string, Action>): JsonSchema {
  return runbookStructure({ actions: actionSchemas(actions), literals: true });
}

/** The same of fragment files. */
export function fragmentSchema(actions: ReadonlyMap<string, Action>): JsonSchema {
  return fragmentStructure({ actions: actionSchemas(actions), literals: true });
}

function actionSchemas(actions: ReadonlyMap<string, Action>): Readonly<Record<string, JsonSchema>> {
  return Object.fromEntries([...actions.values()].map((action) => [action.name, actionSchema(action)]));
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
  const text = (description: string): JsonSchema => ({ type: 'string', description });
  const vars: JsonSchema = {
    type: ['object', 'string', 'null'],
    properties: {
      ansible_host: text('Address; by default the name'),
      ansible_port: { type: ['integer', 'string'], minimum: 1, maximum: 65535, pattern: String.raw`^\d+$|\{\{` },
      ansible_user: text('Login user; by default what the configuration of ssh says'),
      ansible_password: text('To log in: !secret NAME, or !vault'),
      ansible_ssh_private_key_file: text('~/ is your home, other paths start at this file'),
      ansible_ssh_private_key_passphrase: text('Of that key: !secret NAME, or !vault'),
      ansible_ssh_common_args: text('Options of ssh, such as -J BASTION or -o Key=Value'),
      ansible_timeout: { type: ['integer', 'string'], description: 'Seconds to connect in' },
      ansible_connection: text('ssh, openssh or local; hosts with another one cannot be chosen'),
      runbook_connection: { enum: ['ssh', 'openssh', 'local'], description: 'Wins over ansible_connection' },
      runbook_known_hosts: text('The known_hosts file to check its key against'),
      ansible_become_method: text('sudo, su or doas'),
      ansible_become_password: text('For sudo, su or doas: !secret NAME, or !vault'),
      ansible_become_pass: text('Wins over ansible_become_password'),
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
