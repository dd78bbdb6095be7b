/** Measurements of one name. */
export interface MetricFamily {
  /** Without `_total` and `_info`, which the formats add; it ends with its unit, if it has one. */
  readonly name: string;
  /** `counter`: it only grows while a process lives. `info`: its labels are what it says; each value is 1. */
  readonly type: 'counter' | 'gauge' | 'info';
  readonly unit?: 'seconds';
  readonly help: string;
  /** No two with the same labels. */
  readonly samples: readonly MetricSample[];
}

export interface MetricSample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Of `openMetricsText`, for HTTP. */
export const OPENMETRICS_TYPE = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

/** OpenMetrics 1.0 (github.com/prometheus/OpenMetrics). Throws for a name that it does not allow: names are none of a host or a file. */
export function openMetricsText(families: readonly MetricFamily[]): string {
  const text = families.map((family) => {
    const { name, type, unit, help } = checked(family);
    const head = [`# TYPE ${name} ${type}`, `# HELP ${name} ${escapeAll(help)}`];
    if (unit !== undefined) head.push(`# UNIT ${name} ${unit}`);
    return [...head, ...sampleLines(family)].map((line) => `${line}\n`).join('');
  });
  return `${text.join('')}# EOF\n`;
}

/** Prometheus' text format 0.0.4, as node_exporter reads it from files. Throws as `openMetricsText` does. */
export function prometheusText(families: readonly MetricFamily[]): string {
  const text = families.map((family) => {
    const { type, help } = checked(family);
    const name = sampleName(family);
    const head = [`# HELP ${name} ${escapeBreaks(help)}`, `# TYPE ${name} ${type === 'info' ? 'gauge' : type}`];
    return [...head, ...sampleLines(family)].map((line) => `${line}\n`).join('');
  });
  return text.join('');
}

function sampleLines(family: MetricFamily): readonly string[] {
  return family.samples.map(({ labels = {}, value }) => {
    const pairs = Object.entries(labels).map(([name, each]) => `${checkedLabel(name)}="${escapeAll(each)}"`);
    return `${sampleName(family)}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${numberText(value)}`;
  });
}

const SUFFIX = { counter: '_total', gauge: '', info: '_info' } as const;

const sampleName = ({ name, type }: MetricFamily): string => `${name}${SUFFIX[type]}`;

function numberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  return String(value);
}

const escapeAll = (text: string): string => escapeBreaks(text).replaceAll('"', '\\"');

function escapeBreaks(text: string): string {
  // Parsers in C take NUL for the end, and half a pair is no UTF-8.
  const plain = text.toWellFormed().replaceAll('\0', '\u{FFFD}');
  return plain.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function checked(family: MetricFamily): MetricFamily {
  const { name, unit } = family;
  const isRight = /^[a-z][a-z0-9_]*$/.test(name) && !/_(total|info|created|count|sum|bucket)$/.test(name);
  if (!isRight || (unit !== undefined && !name.endsWith(`_${unit}`))) throw new Error(`no name of a metric: ${name}`);
  return family;
}

function checkedLabel(name: string): string {
  if (!/^[a-z][a-z0-9_]*$/.test(name)) throw new Error(`no name of a label: ${name}`);
  return name;
}
