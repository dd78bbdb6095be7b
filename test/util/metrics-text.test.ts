import assert from 'node:assert/strict';
import fc from 'fast-check';
import { openMetricsText, prometheusText, type MetricFamily } from '../../src/util/metrics-text.ts';

const RUNS: MetricFamily = {
  name: 'runbook_runs',
  type: 'counter',
  help: 'Runs that have ended.',
  samples: [
    { labels: { runbook: 'apache', exit_code: '0' }, value: 12 },
    { labels: { runbook: 'apache', exit_code: '2' }, value: 1 },
  ],
};
const AGE: MetricFamily = {
  name: 'runbook_loop_age_seconds',
  type: 'gauge',
  unit: 'seconds',
  help: 'Since the loop turned.',
  samples: [{ value: 0.25 }],
};
const BUILD: MetricFamily = {
  name: 'runbook_build',
  type: 'info',
  help: 'What runs.',
  samples: [{ labels: { version: '1.2.3' }, value: 1 }],
};

describe('Metrics as OpenMetrics 1.0', () => {
  it('have a head for each family, suffixes on samples only, and an end', () => {
    assert.equal(
      openMetricsText([RUNS, AGE, BUILD]),
      [
        '# TYPE runbook_runs counter',
        '# HELP runbook_runs Runs that have ended.',
        'runbook_runs_total{runbook="apache",exit_code="0"} 12',
        'runbook_runs_total{runbook="apache",exit_code="2"} 1',
        '# TYPE runbook_loop_age_seconds gauge',
        '# HELP runbook_loop_age_seconds Since the loop turned.',
        '# UNIT runbook_loop_age_seconds seconds',
        'runbook_loop_age_seconds 0.25',
        '# TYPE runbook_build info',
        '# HELP runbook_build What runs.',
        'runbook_build_info{version="1.2.3"} 1',
        '# EOF\n',
      ].join('\n'),
    );
  });

  it('give back every label, help and value that went in', () => {
    fc.assert(
      fc.property(fc.array(family(), { maxLength: 4 }), (families) => {
        const text = openMetricsText(families);
        assert.ok(text.endsWith('# EOF\n'));
        assert.deepEqual(
          read(text.slice(0, -'# EOF\n'.length), { quotesInHelp: true }),
          families.map((each) => expected(each, { name: each.name, type: each.type })),
        );
      }),
    );
  });
});

describe("Metrics as Prometheus' text", () => {
  it('name a family as its samples, and end without a mark', () => {
    assert.equal(
      prometheusText([RUNS, BUILD]),
      [
        '# HELP runbook_runs_total Runs that have ended.',
        '# TYPE runbook_runs_total counter',
        'runbook_runs_total{runbook="apache",exit_code="0"} 12',
        'runbook_runs_total{runbook="apache",exit_code="2"} 1',
        '# HELP runbook_build_info What runs.',
        '# TYPE runbook_build_info gauge',
        'runbook_build_info{version="1.2.3"} 1\n',
      ].join('\n'),
    );
  });

  it('give back every label, help and value that went in', () => {
    fc.assert(
      fc.property(fc.array(family(), { maxLength: 4 }), (families) => {
        assert.deepEqual(
          read(prometheusText(families), { quotesInHelp: false }),
          families.map(({ unit: _unit, ...each }) =>
            expected(each, { name: `${each.name}${suffix(each)}`, type: each.type === 'info' ? 'gauge' : each.type }),
          ),
        );
      }),
    );
  });
});

describe('A metric', () => {
  it('has a name that both formats take, with its unit at its end', () => {
    for (const name of ['', '9runs', 'runs-now', 'runs_total', 'runs_info', 'runs{', 'läufe'])
      assert.throws(() => openMetricsText([{ ...AGE, name }]), /no name of a metric/);
    assert.throws(() => prometheusText([{ ...AGE, name: 'runbook_loop_age' }]), /no name of a metric/);
    assert.throws(() => prometheusText([{ ...BUILD, samples: [{ labels: { 'a b': '' }, value: 1 }] }]), /of a label/);
  });

  it('writes what is no number as the formats do', () => {
    const values = [Infinity, -Infinity, NaN, 1e21, -0.5];
    const text = prometheusText([{ ...AGE, samples: values.map((value) => ({ value })) }]);
    assert.deepEqual(
      text.split('\n').slice(2, -1),
      ['+Inf', '-Inf', 'NaN', '1e+21', '-0.5'].map((value) => `runbook_loop_age_seconds ${value}`),
    );
  });
});

interface Read {
  readonly name: string;
  readonly type: string;
  readonly unit?: string;
  readonly help: string;
  readonly samples: readonly { name: string; labels: Record<string, string>; value: number }[];
}

const suffix = ({ type }: MetricFamily): string => ({ counter: '_total', gauge: '', info: '_info' })[type];

function expected(from: MetricFamily, head: Pick<Read, 'name' | 'type'>): Read {
  const samples = from.samples.map(({ labels = {}, value }) => ({
    name: `${from.name}${suffix(from)}`,
    labels: { ...labels },
    value,
  }));
  return { ...head, ...(from.unit !== undefined && { unit: from.unit }), help: from.help, samples };
}

/** A parser of its own, sign by sign: what is not exactly the format is an error. */
function read(text: string, { quotesInHelp }: { readonly quotesInHelp: boolean }): Read[] {
  const families: (Omit<Read, 'samples'> & { samples: Read['samples'][number][] })[] = [];
  for (const line of text.split('\n').slice(0, -1)) {
    const [, kind, name = '', rest = ''] = /^# (TYPE|HELP|UNIT) (\S+) (.*)$/su.exec(line) ?? [];
    const last = families.at(-1);
    if (kind === undefined) last?.samples.push(readSample(line));
    else if (last?.name !== name || last.samples.length > 0)
      families.push({ name, type: '', help: '', ...readHead(kind, rest, quotesInHelp), samples: [] });
    else Object.assign(last, readHead(kind, rest, quotesInHelp));
  }
  return families;
}

function readHead(kind: string, rest: string, quotesInHelp: boolean): Partial<Read> {
  if (kind === 'TYPE') return { type: rest };
  if (kind === 'UNIT') return { unit: rest };
  return { help: unescaped(rest, quotesInHelp) };
}

function readSample(line: string): Read['samples'][number] {
  const [, name = '', pairs = '', value = ''] =
    /^([a-z0-9_]+)(?:\{((?:[a-z0-9_]+="(?:\\.|[^"\\])*",?)*)\})? (\S+)$/su.exec(line) ?? assert.fail(line);
  const labels = [...pairs.matchAll(/([a-z0-9_]+)="((?:\\.|[^"\\])*)"/gsu)].map(
    ([, label = '', text = '']) => [label, unescaped(text, true)] as const,
  );
  return { name, labels: Object.fromEntries(labels), value: Number(value.replace('Inf', 'Infinity')) };
}

function unescaped(text: string, quotes: boolean): string {
  return text.replaceAll(/\\(.)/gsu, (all, sign: string) => {
    if (sign === 'n') return '\n';
    if (sign === '\\' || (quotes && sign === '"')) return sign;
    return assert.fail(`${all} is no escape`);
  });
}

function family(): fc.Arbitrary<MetricFamily> {
  const text = fc
    .string({ unit: fc.oneof(fc.string({ unit: 'binary', maxLength: 1 }), fc.constantFrom('\\', '"', '\n', 'n', '}')) })
    .filter((each) => !each.includes('\0'));
  const name = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
  const samples = fc.array(
    fc.record({
      labels: fc.dictionary(name, text, { maxKeys: 3, noNullPrototype: true }),
      value: fc.double({ noNaN: true }).map((value) => (Object.is(value, -0) ? 0 : value)),
    }),
    { minLength: 1, maxLength: 3 },
  );
  return fc.record({
    name,
    type: fc.constantFrom('counter' as const, 'gauge' as const, 'info' as const),
    help: text,
    samples,
  });
}
