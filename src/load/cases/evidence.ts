import type { Interpretation } from '../../model/action.ts';
import {
  EVIDENCE_FORMAT,
  type Evidence,
  type EvidenceState,
  type KeptAnswer,
  type KeptSight,
} from '../../model/evidence.ts';
import type { HostFacts } from '../../model/host.ts';
import type { CommandEnd } from '../../model/script.ts';
import type { Diagnostic, SourceFile } from '../../model/source.ts';
import { parseDuration } from '../../util/duration.ts';
import type { JsonObject } from '../../util/json.ts';
import { checkAgainst } from '../check-against.ts';
import { Report } from '../report.ts';
import { readDocument } from '../yaml.ts';
import { headOf, nodeAt, plainValue, type YamlNode } from '../yaml/node.ts';
import { evidenceSchema } from './evidence-schema.ts';
import { CASE_WORDS } from './words.ts';

export interface LoadedEvidence {
  /** Absent when there is an error. */
  readonly evidence?: Evidence;
  readonly diagnostics: readonly Diagnostic[];
}

/** What the file has to be of. */
export type EvidenceOf = Pick<Evidence, 'runbook' | 'case'>;

/** Reads a file of evidence. One of another runbook, another case or another format is refused. Pure. */
export function loadEvidence(source: SourceFile, of: EvidenceOf): LoadedEvidence {
  const report = new Report(source);
  const root = readDocument(report);
  if (root === undefined) return { diagnostics: report.diagnostics };
  if (!isWanted(root, of, report) || !checkAgainst(evidenceSchema, root, CASE_WORDS, report) || report.failed) {
    return { diagnostics: report.diagnostics };
  }
  const evidence = evidenceOf(root, report);
  return { ...(!report.failed && { evidence }), diagnostics: report.diagnostics };
}

function isWanted(root: YamlNode, of: EvidenceOf, report: Report): boolean {
  const member = (name: string): unknown => {
    const node = nodeAt(root, `/${name}`);
    return node === undefined ? undefined : plainValue(node);
  };
  const at = (name: string) => nodeAt(root, `/${name}`)?.at ?? headOf(root);
  const format = member('evidence');
  if (typeof format === 'number' && format !== EVIDENCE_FORMAT) {
    const words = `evidence in format ${format}; this version reads format ${EVIDENCE_FORMAT}`;
    report.error('E_VERSION', at('evidence'), words);
  }
  for (const name of ['runbook', 'case'] as const) {
    const is = member(name);
    if (typeof is !== 'string' || is === of[name]) continue;
    report.error('E_VALUE', at(name), `this is evidence of the ${name} ${JSON.stringify(is)}, not of ${of[name]}`);
  }
  return !report.failed;
}

/** As the schema has it. */
interface WrittenAnswer {
  readonly at: string;
  readonly times?: number;
  readonly exit?: number;
  readonly signal?: string;
  readonly ended?: 'timeout' | 'cancelled' | 'lost' | 'not-started';
  readonly gone?: boolean;
  readonly why?: string;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly stdout_bytes?: number;
  readonly stderr_bytes?: number;
  readonly seen?: JsonObject;
}

interface WrittenState extends Pick<EvidenceState, 'reached'> {
  readonly change?: WrittenAnswer & { readonly step: string; readonly lap?: string; readonly sent: string };
  readonly said: readonly {
    readonly step: string;
    readonly lap?: string;
    readonly answers: readonly WrittenAnswer[];
  }[];
}

function evidenceOf(root: YamlNode, report: Report): Evidence {
  const written = plainValue(root) as Omit<Evidence, 'states' | 'recordedAt' | 'delegates'> & {
    readonly delegates?: Evidence['delegates'];
    readonly recorded: string;
    readonly states: readonly WrittenState[];
  };
  checkTime(written.recorded, '/recorded', root, report);
  checkTime(written.facts.time, '/facts/time', root, report);
  const { runbook, case: name, version, host, facts, recorded, delegates = [] } = written;
  const states = written.states.map((state, index) => stateOf(state, `/states/${index}`, root, report));
  return {
    ...{ runbook, case: name, recordedAt: recorded, version, host, states },
    facts: nameless(facts),
    delegates: delegates.map((other) => ({ ...other, facts: nameless(other.facts) })),
  };
}

/** The id of a machine is not in the file. */
const nameless = (facts: HostFacts): HostFacts => ({ ...facts, machine_id: '' });

function checkTime(time: string, pointer: string, root: YamlNode, report: Report): void {
  if (TIME.test(time) && !Number.isNaN(Date.parse(time))) return;
  report.error('E_VALUE', nodeAt(root, pointer)?.at ?? headOf(root), `${JSON.stringify(time)} is no time`);
}

/** RFC 3339, and no year that a clock could not go on from. */
const TIME = /^(?:19|20|21)\d\d-\d\d-\d\dT/;

function stateOf(
  { change, reached, said }: WrittenState,
  pointer: string,
  root: YamlNode,
  report: Report,
): EvidenceState {
  const place = (at: string) => ({ pointer: `${pointer}/${at}/at`, root, report });
  const first = pointer === '/states/0';
  if (first === (change !== undefined)) {
    const words = first ? 'the first state is before any change' : 'a later state needs the change that led to it';
    report.error('E_VALUE', headOf(nodeAt(root, pointer) ?? root), words);
  }
  return {
    ...(change !== undefined && {
      change: { step: change.step, lap: change.lap ?? '', sent: change.sent, ...answerOf(change, place('change')) },
    }),
    ...(reached !== undefined && { reached: { ...reached, facts: nameless(reached.facts) } }),
    said: said.map(({ step, lap = '', answers }, index) => ({
      step,
      lap,
      answers: answers.map((answer, each) => keptOf(answer, place(`said/${index}/answers/${each}`))),
    })),
  };
}

interface AnswerPlace {
  readonly pointer: string;
  readonly root: YamlNode;
  readonly report: Report;
}

function keptOf(answer: WrittenAnswer, place: AnswerPlace): KeptAnswer | KeptSight {
  const times = answer.times === undefined ? {} : { times: answer.times };
  if (answer.seen === undefined) return { ...answerOf(answer, place), ...times };
  return {
    ...times,
    atMs: millisecondsOf(answer.at, place),
    seen: answer.seen as unknown as Interpretation<JsonObject>,
  };
}

function answerOf(answer: WrittenAnswer, place: AnswerPlace): KeptAnswer {
  const { stdout = '', stderr = '', stdout_bytes: stdoutBytes, stderr_bytes: stderrBytes } = answer;
  return {
    atMs: millisecondsOf(answer.at, place),
    end: endOf(answer),
    stdout,
    stderr,
    ...(stdoutBytes !== undefined && { stdoutBytes }),
    ...(stderrBytes !== undefined && { stderrBytes }),
  };
}

function endOf({ exit = 0, signal, ended, gone = true, why = '' }: WrittenAnswer): CommandEnd {
  if (signal !== undefined) return { how: 'signal', signal };
  if (ended === undefined) return { how: 'exit', code: exit };
  if (ended === 'not-started') return { how: ended, why };
  return ended === 'lost' ? { how: ended } : { how: ended, gone };
}

function millisecondsOf(written: string, { pointer, root, report }: AnswerPlace): number {
  const duration = parseDuration(written);
  if (duration.ok && duration.value <= LONGEST_MS) return duration.value;
  const why = duration.ok ? `${written} is longer than a run can be` : duration.error;
  report.error('E_VALUE', nodeAt(root, pointer)?.at ?? headOf(root), `at: ${why}`);
  return 0;
}

/** A year. */
const LONGEST_MS = 365 * 86_400_000;
