import { printable, type SchemaWords } from '../schema-errors.ts';

/** What `faults.yaml` and `cases.yaml` call themselves and their keys. */
export const CASE_WORDS: SchemaWords = {
  file: 'the file',
  unknownKey: (key, known) => ({ what: `unknown key ${printable(key)}`, choices: `there are ${known.join(', ')}` }),
  needs: (name) => REQUIRED_HINTS[name],
};

const REQUIRED_HINTS: Readonly<Record<string, string>> = {
  faults: 'write faults: and how each is made',
  break: 'write break: and the shell text that makes the fault',
  summary: 'one line that a person reads first',
  cases: 'write cases: and what must come of each',
  expect: 'such as expect: { outcome: repaired, findings: [down], changed: [start] }',
  outcome: 'such as outcome: repaired',
};
