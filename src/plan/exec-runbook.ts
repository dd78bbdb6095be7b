import type { Action } from '../model/action.ts';
import { constant, constantText } from '../model/constant.ts';
import { DEFAULT_LIMITS, type Limits, type Runbook, type Share, type Step } from '../model/runbook.ts';
import type { SourceRange } from '../model/source.ts';
import type { Become } from '../model/transport.ts';
import { commandLine } from '../util/command-line.ts';
import type { JsonObject } from '../util/json.ts';
import { sha256 } from '../util/sha256.ts';

/** What an exec sends, as it was typed. */
export interface ExecCommand {
  /** Each one word: a program and its arguments. Or a line for /bin/sh. */
  readonly command: { readonly argv: readonly string[] } | { readonly shell: string };
  /** The word of whoever typed it that it changes nothing. */
  readonly reads: boolean;
  readonly become: Become;
  readonly timeoutMs: number;
  readonly limits: Partial<Pick<Limits, 'batches' | 'maxFailures'>>;
}

const PLACE = { line: 1, column: 1, offset: 0 };
const COMMAND_LINE: SourceRange = { file: 'the command line', start: PLACE, end: PLACE };
/** A run says in its runbook how long it may go on; here only each host has a deadline. */
const LIMITS: Limits = { ...DEFAULT_LIMITS, cooldownMs: 0, runTimeoutMs: Number.POSITIVE_INFINITY };
/** To ask those that can be reached does no harm, however few they are. */
const ANY: Share = { kind: 'percent', percent: 100 };
const NO_UNDO = 'a command of an exec has none';

/** Pure: the runbook of one step that the engine carries out; its name is the command as a person would type it. */
export function execRunbook(exec: ExecCommand, hosts: string, actions: ReadonlyMap<string, Action>): Runbook {
  const { name, params } = wordsOf(exec.command);
  const action = actions.get('argv' in exec.command ? 'command' : 'shell');
  if (action === undefined) throw new Error('the actions command and shell are part of the program');
  const step = stepOf(exec, action, params);
  return {
    name,
    summary: name,
    hosts,
    become: exec.become,
    params: [],
    diagnose: exec.reads ? [step] : [],
    findings: [],
    fix: exec.reads ? [] : [step],
    rollback: [],
    limits: { ...LIMITS, ...(exec.reads && { maxUnreachable: ANY }), ...exec.limits },
    file: COMMAND_LINE.file,
    sha256: sha256(JSON.stringify([params, exec.become])),
  };
}

function wordsOf(command: ExecCommand['command']): { readonly name: string; readonly params: JsonObject } {
  if ('argv' in command) return { name: commandLine(command.argv), params: { argv: [...command.argv] } };
  return { name: command.shell, params: { text: { text: command.shell, variables: {} } } };
}

function stepOf({ reads, become, timeoutMs }: ExecCommand, action: Action, params: JsonObject): Step {
  return {
    id: 'exec',
    phase: reads ? 'diagnose' : 'fix',
    name: constantText('exec'),
    action,
    params: constant(params, COMMAND_LINE),
    for: [],
    when: [],
    groupLoops: [],
    expect: [],
    timeoutMs: constant(timeoutMs, COMMAND_LINE),
    become,
    onFailure: 'stop',
    retest: false,
    undo: { kind: 'none', reason: constantText(NO_UNDO) },
    effect: reads ? 'reads' : 'changes',
    idempotent: false,
    risk: action.risk,
    noLog: false,
    tags: [],
    at: COMMAND_LINE,
  };
}
