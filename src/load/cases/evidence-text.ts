import {
  EVIDENCE_FORMAT,
  type Evidence,
  type EvidenceState,
  type KeptAnswer,
  type KeptSight,
} from '../../model/evidence.ts';
import type { Asker } from '../../model/transport.ts';
import { formatDuration } from '../../util/duration.ts';
import { printable } from '../../util/printable.ts';

/** The evidence as a file that `loadEvidence` reads back to the same, and that a person can read. */
export function evidenceText(evidence: Evidence, comment: string): string {
  const { runbook, case: name, recordedAt, version, host, facts, states } = evidence;
  const { machine_id: _ofNobodyElse, ...told } = facts;
  return [
    ...comment.split('\n').map((line) => `# ${line}`),
    `evidence: ${EVIDENCE_FORMAT}`,
    `runbook: ${runbook}`,
    `case: ${name}`,
    `recorded: ${quoted(recordedAt)}`,
    `version: ${quoted(version)}`,
    `host: ${quoted(host)}`,
    'facts:',
    ...Object.entries(told).map(([key, value]) => `  ${key}: ${quoted(value)}`),
    'states:',
    ...states.flatMap(stateLines),
    '',
  ].join('\n');
}

function stateLines({ change, said }: EvidenceState): readonly string[] {
  const changeLines =
    change === undefined
      ? []
      : [
          '    change:',
          ...askerLines(change, '      '),
          `      sent: ${quoted(change.sent)}`,
          ...answerLines(change, '      '),
        ];
  const saidLines = said.flatMap(({ answers, ...asker }) => {
    const [first, ...more] = [...askerLines(asker, '        '), '        answers:'];
    return [
      `      - ${first?.trimStart() ?? ''}`,
      ...more,
      ...answers.flatMap((answer) => {
        const [at = '', ...rest] = answerLines(answer, '            ');
        return [`          - ${at.trimStart()}`, ...rest];
      }),
    ];
  });
  const [first = '', ...more] = [
    ...changeLines,
    ...(said.length === 0 ? ['    said: []'] : ['    said:', ...saidLines]),
  ];
  return [`  - ${first.trimStart()}`, ...more];
}

function askerLines({ step, lap }: Asker, indent: string): readonly string[] {
  return [`${indent}step: ${quoted(step)}`, ...(lap === '' ? [] : [`${indent}lap: ${quoted(lap)}`])];
}

function answerLines(answer: KeptAnswer | KeptSight, indent: string): readonly string[] {
  const at = `at: ${formatDuration(answer.atMs)}`;
  if ('seen' in answer) return [at, `seen: ${quoted(answer.seen)}`].map((line) => indent + line);
  const { end, stdout, stderr, stdoutBytes, stderrBytes } = answer;
  return [
    at,
    ...endLines(end),
    ...(stdoutBytes === undefined ? [] : [`stdout_bytes: ${stdoutBytes}`]),
    ...(stderrBytes === undefined ? [] : [`stderr_bytes: ${stderrBytes}`]),
    ...(stdout === '' ? [] : [`stdout: ${textValue(stdout, `${indent}  `)}`]),
    ...(stderr === '' ? [] : [`stderr: ${textValue(stderr, `${indent}  `)}`]),
  ].map((line) => indent + line);
}

function endLines(end: KeptAnswer['end']): readonly string[] {
  switch (end.how) {
    case 'exit':
      return [`exit: ${end.code}`];
    case 'signal':
      return [`signal: ${end.signal}`];
    case 'not-started':
      return ['ended: not-started', `why: ${quoted(end.why)}`];
    case 'lost':
      return ['ended: lost'];
    case 'timeout':
    case 'cancelled':
      return [`ended: ${end.how}`, `gone: ${end.gone}`];
  }
}

/** JSON is YAML; what a reader would not see is escaped. */
function quoted(value: unknown): string {
  return JSON.stringify(value).replaceAll(HIDDEN, (sign) => {
    const code = (sign.codePointAt(0) ?? 0).toString(16);
    return code.length <= 4 ? `\\u${code.padStart(4, '0')}` : `\\U${code.padStart(8, '0')}`;
  });
}

const HIDDEN =
  /[\u007F-\u009F\p{Cf}\p{Zl}\p{Zp}\u034F\u115F\u1160\u17B4\u17B5\u180B-\u180E\u3164\uFFA0\uFFFE\uFFFF\u{E0000}-\u{E0FFF}]/gu;

/** As a block where every character of it is plain; else in quotes, where it can be escaped. */
function textValue(text: string, indent: string): string {
  if (!isPlain(text)) return quoted(text);
  const body = text.replace(/\n+$/, '');
  const ends = text.length - body.length;
  const chomp = ends === 0 ? '-' : ends === 1 ? '' : '+';
  const lines = body.split('\n').map((line) => (line === '' ? '' : indent + line));
  return [`|2${chomp}`, ...lines, ...Array.from({ length: Math.max(0, ends - 1) }, () => '')].join('\n');
}

function isPlain(text: string): boolean {
  return (
    /\S/.test(text) &&
    text.isWellFormed() &&
    !text.includes('\r') &&
    printable(text) === text &&
    text.search(HIDDEN) < 0
  );
}
