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

/** What is in `output` the action says, and whoever takes it checks. */
const SEEN: JsonSchema = {
  type: 'object',
  required: ['status'],
  properties: { status: { enum: ['ok', 'changed', 'failed'] }, output: { type: 'object' }, reason: text, error: text },
};

const closed = (properties: Record<string, JsonSchema>, required: readonly string[]): JsonSchema => ({
  type: 'object',
  additionalProperties: false,
  required: [...required],
  properties,
});

/** Of a file that the program writes; a person only reads it, and shortens it perhaps. */
export function evidenceSchema(): JsonSchema {
  const answer = closed({ ...ANSWER, times: { type: 'integer', minimum: 1 }, seen: SEEN }, ['at']);
  const said = closed({ step: text, lap: text, answers: { type: 'array', minItems: 1, items: answer } }, [
    'step',
    'answers',
  ]);
  const change = closed({ step: text, lap: text, sent: text, ...ANSWER }, ['step', 'sent', 'at']);
  const host = closed({ name: text, address: text, port: count, user: text, groups: { type: 'array', items: text } }, [
    ...['name', 'address', 'port', 'user', 'groups'],
  ]);
  const reached = closed({ host: text, facts: factsSchema() }, ['host', 'facts']);
  return closed(
    {
      evidence: { type: 'integer' },
      runbook: text,
      case: text,
      recorded: text,
      version: text,
      host,
      facts: factsSchema(),
      delegates: { type: 'array', items: closed({ host, facts: factsSchema() }, ['host', 'facts']) },
      states: {
        type: 'array',
        minItems: 1,
        items: closed({ change, reached, said: { type: 'array', items: said } }, ['said']),
      },
    },
    ['evidence', 'runbook', 'case', 'recorded', 'version', 'host', 'facts', 'states'],
  );
}

function factsSchema(): JsonSchema {
  const texts = ['os', 'os_version', 'kernel', 'arch', 'boot_id', 'boot_time', 'time'];
  const numbers = ['cpus', 'memory_bytes', 'uid'];
  const members: readonly (readonly [string, JsonSchema])[] = [
    ...texts.map((name) => [name, text] as const),
    ...numbers.map((name) => [name, count] as const),
    ['init', { enum: ['systemd', 'openrc', 'sysv', 'none'] }],
  ];
  return closed(Object.fromEntries(members), [...texts, ...numbers, 'init']);
}
