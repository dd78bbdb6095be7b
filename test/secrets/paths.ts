import type { EventBody } from '../../src/model/event.ts';
import type { StepIntended } from '../../src/model/step-event.ts';
import { redactEvent } from '../../src/execute/record/redact-event.ts';
import { showDifference } from '../../src/execute/steps/show-difference.ts';
import { Capture } from '../../src/transports/output.ts';
import type { Redactor } from '../../src/util/redact.ts';
import { shorten } from '../../src/util/shorten.ts';
import type { Random } from '../support/random.ts';

/** A way of a text from a host into the record: what is kept of it. */
export type Path = (printed: string, redactor: Redactor, random: Random) => string;

const MIB = 1024 * 1024;
const STEP = { host: 'web01', step: 'look', execution: 'look', name: 'look', action: 'shell' } as const;

function kept(event: EventBody, redactor: Redactor): string {
  return textsOf(redactEvent(event, redactor)).join('\n');
}

/** As they are, not as JSON escapes them. */
function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => [name, ...textsOf(member)]);
}

const ended = (more: object): EventBody => ({
  type: 'step-ended',
  phase: 'fix',
  status: 'failed',
  error: '',
  durationMs: 1,
  ...STEP,
  ...more,
});
const intended = (more: Pick<StepIntended, 'differences'> & Partial<StepIntended>): EventBody => ({
  type: 'step-intended',
  phase: 'fix',
  summary: '',
  text: '',
  sha256: '',
  attempt: 1,
  incarnation: '',
  bootId: '',
  epoch: 1,
  ...STEP,
  ...more,
});
const printedBy = (bytes: readonly Buffer[]): EventBody => {
  const capture = new Capture();
  for (const chunk of bytes) capture.add(chunk);
  return { type: 'evidence', stream: 'stdout', output: capture.finish(), ...STEP };
};
const added = (text: string): string => text.replaceAll(/^/gm, '+');
const around = (printed: string): string => `<<\n${printed}\n>>`;

export const PATHS: Readonly<Record<string, Path>> = {
  'a short output': (printed, redactor) => kept(printedBy([Buffer.from(around(printed))]), redactor),
  'an output in chunks': (printed, redactor, random) => {
    const bytes = Buffer.from(around(printed));
    const chunks: Buffer[] = [];
    for (let at = 0; at < bytes.length;) {
      const length = random.between(1, 7);
      chunks.push(bytes.subarray(at, at + length));
      at += length;
    }
    return kept(printedBy(chunks), redactor);
  },
  'the output of a step': (printed, redactor) =>
    kept(ended({ status: 'ok', output: { stdout: around(printed), exit_code: 0 } }), redactor),
  'the lines of an output': (printed, redactor) =>
    kept(ended({ status: 'ok', output: { lines: around(printed).split('\n') } }), redactor),
  'the name of a member': (printed, redactor) =>
    kept(ended({ status: 'ok', output: { values: { [`of ${printed}`]: { deep: [1, `x ${printed}`] } } } }), redactor),
  'an error': (printed, redactor) => kept(ended({ error: `exit status 1: ${printed}` }), redactor),
  'an error that is shortened': (printed, redactor, random) =>
    kept(
      ended({ error: `exit status 1: ${shorten(printed, random.between(1, printed.length + 10))} (again)` }),
      redactor,
    ),
  'an error of the host': (printed, redactor) =>
    kept(
      {
        type: 'host-unreachable',
        host: 'web01',
        error: { code: 'protocol', message: printed, hint: `try ${printed}` },
      },
      redactor,
    ),
  'a difference': (printed, redactor) => {
    const differences = [{ path: '/etc/app', text: added(`key = ${printed}`) }];
    return kept(intended({ summary: `set ${printed}`, text: `set -- ${printed}`, differences }), redactor);
  },
  'a difference that has only a part of it': (printed, redactor, random) => {
    const others = Array.from({ length: random.between(1, 200) }, (_, index) => `${index}\n`).join('');
    const after = `${others}${around(printed)}\n${others}`;
    const former = random.pick(['', after.replace(/.*\n(?=<<)/, ''), after.replace(/(?<=>>\n)/, 'more\n')]);
    const before = former === '' ? undefined : former;
    const told = { path: '/etc/app', content: { before, after }, lines: [] };
    const differences = [showDifference(told, (text) => redactor.lines(text))];
    return kept(intended({ differences }), redactor);
  },
  'the beginning of an output, cut off': (printed, redactor, random) => {
    const bytes = Buffer.from(printed);
    const before = Buffer.alloc(MIB - random.between(0, bytes.length), '.\n');
    return kept(printedBy([before, bytes, Buffer.alloc(MIB * 1.5, '.\n')]), redactor);
  },
  'the end of an output, cut off': (printed, redactor, random) => {
    const bytes = Buffer.from(printed);
    const after = Buffer.alloc(MIB - random.between(0, bytes.length), '.\n');
    return kept(printedBy([Buffer.alloc(MIB * 1.5, '.\n'), bytes, after]), redactor);
  },
};

/** Up to seven signs of a value may be left where these cut it. */
export const CUT_PATHS: ReadonlySet<string> = new Set(Object.keys(PATHS).filter((path) => /cut|shortened/.test(path)));
/** Of megabytes. */
export const LONG_PATHS: ReadonlySet<string> = new Set(Object.keys(PATHS).filter((path) => path.includes('cut off')));
