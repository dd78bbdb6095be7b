import type { JsonSchema } from '../schema/json-schema.ts';

const text: JsonSchema = { type: 'string' };
const count: JsonSchema = { type: 'integer', minimum: 0 };

const ANSWER = {
  at: text,
  exit: count,
  signal: text,
  ended: { enum: ['timeout', 'cancelled', 'lost', 'not-started'] },
  gone: { type: 'boolean' },
  why: text,
  stdout: text,
  stderr: text,
  stdout_bytes: count,
  stderr_bytes: count,
} satisfies Record<string, JsonSchema>;

const closed = (properties: Record<string, JsonSchema>, required: readonly string[]): JsonSchema => ({
  type: 'object',
  additionalProperties: false,
  required: [...required],
  properties,
});

/** Of a file that the program writes; a person only reads it, and shortens it perhaps. */
export function evidenceSchema(): JsonSchema {
  const answer = closed({ ...ANSWER, seen: { type: 'object' } }, ['at']);
  const said = closed({ step: text, lap: text, answers: { type: 'array', minItems: 1, items: answer } }, [
    'step',
    'answers',
  ]);
  const change = closed({ step: text, lap: text, sent: text, ...ANSWER }, ['step', 'sent', 'at']);
  return closed(
    {
      evidence: { type: 'integer' },
      runbook: text,
      case: text,
      recorded: text,
      version: text,
      host: closed({ name: text, address: text, port: count, user: text, groups: { type: 'array', items: text } }, [
        'name',
        'address',
        'port',
        'user',
        'groups',
      ]),
      facts: closed(
        {
          ...{ os: text, os_version: text, kernel: text, arch: text, boot_id: text, boot_time: text, time: text },
          ...{ cpus: count, memory_bytes: count, uid: count },
          init: { enum: ['systemd', 'openrc', 'sysv', 'none'] },
        },
        [
          ...['os', 'os_version', 'kernel', 'arch', 'init', 'boot_id', 'boot_time', 'time'],
          ...['cpus', 'memory_bytes', 'uid'],
        ],
      ),
      states: {
        type: 'array',
        minItems: 1,
        items: closed({ change, said: { type: 'array', items: said } }, ['said']),
      },
    },
    ['evidence', 'runbook', 'case', 'recorded', 'version', 'host', 'facts', 'states'],
  );
}
