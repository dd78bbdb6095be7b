import { OUTCOMES, type Outcome } from '../../model/result.ts';
import type { JsonSchema } from '../schema/json-schema.ts';

/** How a run can end on a host; the others are of plans and execs. */
const CASE_OUTCOMES: readonly Outcome[] = OUTCOMES.filter(
  (outcome) => outcome !== 'needs-fix' && outcome !== 'done' && outcome !== 'failed',
);

const DRAFT = 'http://json-schema.org/draft-07/schema#';
const text = (description: string): JsonSchema => ({ type: 'string', minLength: 1, description });
const names = (description: string): JsonSchema => ({ type: 'array', items: { type: 'string' }, description });

/** The schema of `faults.yaml`, for the check and for editors. */
export function faultsSchema(): JsonSchema {
  return {
    $schema: DRAFT,
    title: 'faults',
    type: 'object',
    additionalProperties: false,
    required: ['faults'],
    properties: {
      setup: text('Shell, once per host before its first case: what all cases need'),
      faults: {
        type: 'object',
        minProperties: 1,
        additionalProperties: {
          type: 'object',
          additionalProperties: false,
          required: ['summary', 'break'],
          properties: {
            summary: text('One line: what is wrong then'),
            break: text('Shell, sh -eu as root: makes the fault, and fails when it could not; may be run twice'),
            heal: text('Shell: brings the host back after the case, whatever came of it'),
          },
        },
      },
    },
  };
}

/** The schema of `cases.yaml`, for the check and for editors. */
export function casesSchema(): JsonSchema {
  return {
    $schema: DRAFT,
    title: 'cases',
    type: 'object',
    additionalProperties: false,
    required: ['cases'],
    properties: {
      cases: {
        type: 'object',
        minProperties: 1,
        additionalProperties: {
          type: 'object',
          additionalProperties: false,
          required: ['summary', 'expect'],
          properties: {
            summary: text('One line: what this case proves'),
            fault: text('A fault of faults.yaml; without it the host is as it is'),
            params: { type: 'object', description: 'As in a params file' },
            proof: { enum: ['fails'], description: 'Verify gets a step that never passes' },
            expect: {
              type: 'object',
              additionalProperties: false,
              required: ['outcome'],
              properties: {
                outcome: { enum: [...CASE_OUTCOMES], description: 'How the host ends' },
                findings: names('Exactly those present in the survey, info ones too'),
                changed: names('Exactly the steps that changed something, in their order'),
              },
            },
            untouched: text('Shell: what it prints before the run and after it has to be the same'),
            holds: text('Shell: must succeed after the run'),
          },
        },
      },
    },
  };
}
