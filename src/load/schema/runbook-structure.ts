import { RISKS } from '../../model/action.ts';
import type { JsonSchema } from './json-schema.ts';
import type { StepKey } from './keys.ts';
import { limitsSchema } from './limits-schema.ts';

/** What differs between the check of files and the schema for editors: how much is said about an action's params. */
export interface StructureOptions {
  /** By action name: the schema of its params. */
  readonly actions: Readonly<Record<string, JsonSchema>>;
  /** The literals of durations and the like are checked with better messages elsewhere. */
  readonly literals: boolean;
}

const PARAM_TYPES = [
  'string',
  'integer',
  'number',
  'boolean',
  'duration',
  'size',
  'percent',
  'list',
  'secret',
] as const;

/** The parts of a runbook and the keys that each may have. */
export function runbookStructure(options: StructureOptions): JsonSchema {
  const duration = durationIn(options);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'runbook',
    type: 'object',
    additionalProperties: false,
    required: ['runbook', 'summary', 'diagnose', 'findings'],
    properties: {
      runbook: { type: 'string', description: "Its name: the file's name without .yaml" },
      summary: { type: 'string', description: 'One line: what is wrong when this runbook helps' },
      description: { type: 'string', description: 'Longer text, Markdown' },
      hosts: { type: 'string', description: 'Default host pattern' },
      become: { $ref: '#/definitions/become' },
      params: params('What a run may be given'),
      limits: { $ref: '#/definitions/limits' },
      diagnose: steps('Steps that read'),
      applies: { ...expression(), description: 'false: the runbook has nothing to do with this host' },
      findings: { type: 'object', minProperties: 1, additionalProperties: { $ref: '#/definitions/finding' } },
      fix: steps('Steps that change; without them the runbook only diagnoses'),
      verify: {
        if: { type: 'array' },
        then: steps('Steps that read and judge'),
        else: {
          type: 'object',
          additionalProperties: false,
          required: ['steps'],
          properties: { soak: duration, within: duration, every: duration, steps: steps('Steps that read and judge') },
        },
      },
      rollback: steps('Steps that run after the undos'),
    },
    definitions: { ...definitions(options), limits: limitsSchema(options), finding: finding() },
  };
}

/** The parts of a fragment. */
export function fragmentStructure(options: StructureOptions): JsonSchema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'fragment',
    type: 'object',
    additionalProperties: false,
    required: ['fragment', 'summary', 'steps'],
    properties: {
      fragment: { type: 'string', description: "Its name: the file's name without .yaml" },
      summary: { type: 'string', description: 'One line: what its steps do' },
      description: { type: 'string', description: 'Longer text, Markdown' },
      params: params('What an include gives it'),
      steps: steps('What stands where it is included'),
    },
    definitions: definitions(options),
  };
}

function durationIn({ literals }: StructureOptions): JsonSchema {
  if (!literals) return {};
  return {
    type: 'string',
    pattern: String.raw`^(\d+d)?(\d+h)?(\d+m)?(\d+s)?(\d+ms)?$|^\$\{\{`,
    description: 'A duration such as 30s',
  };
}

function steps(description: string): JsonSchema {
  return { type: 'array', minItems: 1, items: { $ref: '#/definitions/step' }, description };
}

function params(description: string): JsonSchema {
  return { type: 'object', additionalProperties: { $ref: '#/definitions/param' }, description };
}

function definitions(options: StructureOptions): JsonSchema {
  return {
    become: { type: ['boolean', 'string'], description: 'false: the login user; true: root; or the name of a user' },
    param: {
      type: 'object',
      additionalProperties: false,
      required: ['type'],
      properties: {
        type: { enum: [...PARAM_TYPES] },
        of: {
          enum: PARAM_TYPES.filter((type) => type !== 'list' && type !== 'secret'),
          description: 'The type of the items of a list',
        },
        default: { description: 'A literal; without it the param is required' },
        description: { type: 'string' },
        enum: { type: 'array', minItems: 1, items: { type: 'string' } },
        minimum: { type: 'number' },
        maximum: { type: 'number' },
        pattern: { type: 'string', description: 'RE2, unanchored' },
      },
    },
    step: {
      type: 'object',
      additionalProperties: false,
      properties: { ...modifiers(durationIn(options)), ...options.actions },
    },
  };
}

function finding(): JsonSchema {
  return {
    type: 'object',
    additionalProperties: false,
    required: ['summary'],
    properties: {
      items: { type: 'string', description: 'An expression: the evidence, one element a thing' },
      when: { ...expression(), description: 'An expression; by default: there are items' },
      severity: { enum: ['info', 'problem', 'blocks'] },
      summary: { type: 'string' },
      advice: { type: 'string', description: 'What a person should do' },
    },
  };
}

function modifiers(duration: JsonSchema): Record<StepKey, JsonSchema> {
  const oneOrMore: JsonSchema = {
    if: { type: 'array' },
    then: { type: 'array', minItems: 1, items: { type: 'string' } },
    else: { type: 'string' },
  };
  return {
    id: { type: 'string', description: 'Names the result in later expressions' },
    name: { type: 'string', description: 'What a person reads' },
    for: { ...oneOrMore, description: 'The findings that this step serves' },
    when: { ...expression(), description: 'An expression; false: skipped' },
    loop: { type: ['string', 'array'], description: 'An expression or a list: each item is a step of its own' },
    expect: {
      if: { type: 'array' },
      then: { type: 'array', minItems: 1, items: expression() },
      else: expression(),
      description: 'Expressions over result: all must be true',
    },
    until: expression(),
    retries: { type: 'integer' },
    delay: duration,
    retest: { if: { type: 'boolean' }, else: duration, description: 'Read diagnose again before this step' },
    timeout: duration,
    become: { $ref: '#/definitions/become' },
    env: { type: 'object', description: 'Exported to what the step starts' },
    on_failure: { enum: ['stop', 'continue'] },
    undo: {
      if: { type: 'array' },
      then: steps('What undoes it'),
      else: {
        type: 'object',
        additionalProperties: false,
        required: ['none'],
        properties: { none: { type: 'string', description: 'Why there is no undo' } },
      },
    },
    effect: { enum: ['reads'], description: "The author's word that this changes nothing" },
    idempotent: { type: 'boolean' },
    risk: { enum: [...RISKS] },
    no_log: { type: 'boolean' },
    delegate: { type: 'string', description: 'The host of the inventory on which it is carried out instead' },
    once: { type: 'boolean', description: 'One host of the run carries it out; the others have its result' },
    tags: {
      type: 'array',
      minItems: 1,
      items: { type: 'string' },
      description: 'What --tags and --skip-tags choose fix steps by',
    },
    steps: steps('A group'),
    include: { type: 'string', description: 'The path of a fragment, whose steps are taken in here' },
    with: { type: 'object', description: 'Values of the params of that fragment' },
  };
}

/** `true` and `false` are expressions too. */
function expression(): JsonSchema {
  return { type: ['string', 'boolean'] };
}
