import assert from 'node:assert/strict';
import { showDifference } from '../../../src/execute/steps/show-difference.ts';
import type { Action, Interpretation, Preparation } from '../../../src/model/action.ts';
import { ACTIONS } from '../../../src/app/actions.ts';
import { actionsWithCases, casesOf, type CaseFile } from '../../actions/support/case-file.ts';
import { contextOf } from '../../actions/support/context.ts';
import { output } from '../../actions/support/run-script.ts';
import type { JsonObject } from '../../../src/util/json.ts';
import type { Parser } from '../parser.ts';
import { checkFailure, checkValues } from './action-result.ts';

const WORDS = [
  ...[
    '\n',
    ' ',
    '\t',
    '|',
    '@',
    '@end 0\n',
    '@a 0\n',
    '|x\n',
    '=',
    ':',
    ';',
    ',',
    '/',
    '\\',
    '\\040',
    '\\x',
    '"',
    "'",
    '[',
    ']',
  ],
  ...[
    '{',
    '}',
    '(',
    ')',
    '<',
    '>',
    '#',
    '%',
    '-',
    '+',
    '0',
    '1',
    '-1',
    '4294967295',
    '9007199254740993',
    '1e400',
    'NaN',
    '0x',
  ],
  ...[
    '2026-11-22T00:10:00Z',
    '1970-01-01',
    '@1700000000.5',
    'root',
    'yes',
    'no',
    '\0',
    '\u001b[2J',
    '\u202e',
    '\ufffd',
    'é',
    '\r',
  ],
];
const CODES = [0, 1, 2, 69, 75, 126, 127, 255];

/** What each action makes of what a host prints: one parser for each action that reads an answer. */
export const ACTION_PARSERS: readonly Parser[] = actionsWithCases().map((file) => {
  const samples = casesOf(file);
  const action = [...ACTIONS.values()].find(({ name }) => name.replaceAll('-', '_') === file) ?? assert.fail(file);
  return {
    name: `answer to ${action.name}`,
    corpus: samples.map(({ answer }) => answer.stdout ?? ''),
    words: WORDS,
    check: (text) => checkAnswer(action, samples, text),
  };
});

function checkAnswer(action: Action, samples: readonly CaseFile[], text: string): unknown {
  const sample = samples[text.length % samples.length] ?? assert.fail('no case');
  const code = text.length % 3 === 0 ? (CODES[text.length % CODES.length] ?? 0) : (sample.answer.code ?? 0);
  const stdout = output(text, text.length % 7 === 0);
  const answer = { code, stdout, stderr: output(text.slice(0, 300)), durationMs: 12 };
  const context = contextOf(sample.context);
  const { work } = action;
  if (work.kind === 'script') {
    const made = work.interpret(answer, sample.params as never, context);
    checkInterpretation(action, made, sample.params);
    return made;
  }
  assert.ok(work.kind === 'prepared');
  const made = work.prepare(answer, sample.params as never, context);
  checkPreparation(action, made, sample.params);
  return made;
}

function checkInterpretation(action: Action, made: Interpretation<JsonObject>, params: JsonObject): void {
  if (made.status === 'failed') return checkFailure(made);
  assert.ok(['ok', 'changed'].includes(made.status));
  checkValues(action, made.output, params);
}

function checkPreparation(action: Action, made: Preparation, params: JsonObject): void {
  if (made.kind === 'failed') return checkFailure(made);
  checkValues(action, made.output, params);
  if (made.kind === 'change') {
    for (const told of made.differences) {
      const { text, path } = showDifference(told, (lines) => lines.split('\n'));
      assert.ok(text !== '' && path !== '');
    }
    for (const { action: name } of made.undo) assert.ok(ACTIONS.has(name), name);
    assert.ok(!made.script.text.includes('\0'));
  }
}
