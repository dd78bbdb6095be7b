import { defineAction } from '../model/action.ts';
import type { Script } from '../model/script.ts';
import { compilePattern } from '../util/pattern.ts';
import { patternLiterals } from '../util/pattern-literals.ts';
import { err, ok, type Result } from '../util/result.ts';
import { commandLine } from '../util/command-line.ts';
import { failed, unexpectedOutput } from './support/failure.ts';
import { isSince, readLogClock, readSource, type Limits, type LogLine } from './support/log-lines.ts';
import { LOG_SURVEY_SH, MAX_BYTES, MAX_LINES } from './support/log-survey.ts';
import { readSections, type Sections } from './support/sections.ts';
import { timestampOf } from './support/timestamps.ts';

export const action = defineAction({
  name: 'log_search',
  summary: 'Counts and shows the lines of logs that match patterns, since a moment.',
  notes: `
A source is the path of a file, a glob, \`journal:UNIT\` or \`kernel\`. Rotated files beside a file (\`error.log.1\`, \`error.log.2.gz\`,
\`error.log-20260131.xz\`, \`error-20260131.log\`) are searched too, if they were written since then. A source that is absent counts as empty,
and so do an empty text and what is below \`/dev\`; one that may not be read fails the step.

The host searches for literals taken from the patterns and sends the lines that hold one, the newest 20,000 of each source and 1.8 MB at
most; the patterns then decide on the controller. \`truncated\` is true when something could not be looked at, so that the counts are lower
bounds. A pattern that no literal of three characters can be taken from makes the host send all lines.

Times are read from the lines: Apache, nginx, syslog, ISO 8601, access logs, journal, kernel; without a zone they are the host's local time.
A line without a time has that of the last line before it that has one, and in a file without any times, that of its last change.
`.trim(),
  effect: 'reads',
  risk: 'none',
  idempotent: true,
  params: {
    sources: {
      type: { kind: 'list', of: { kind: 'string' } },
      description: 'Paths, globs, `journal:UNIT`, `kernel`.',
    },
    since: { type: { kind: 'since' }, description: 'Older lines do not count.' },
    patterns: { type: { kind: 'patterns' }, description: 'RE2 patterns by name; each is searched for in every line.' },
    limit: {
      type: { kind: 'int', minimum: 0, maximum: 10_000 },
      description: 'How many lines, the newest, are given in `lines`; 100 by default. Counts are not limited by it.',
      optional: true,
    },
  },
  output: {
    counts: {
      type: { kind: 'by-pattern', param: 'patterns', of: { kind: 'int' } },
      description: 'How many lines match.',
    },
    last: {
      type: { kind: 'by-pattern', param: 'patterns', of: { kind: 'timestamp' } },
      description: 'When the last one was written; 1970 when none was.',
    },
    lines: {
      type: {
        kind: 'list',
        of: {
          kind: 'object',
          name: 'LogMatch',
          fields: {
            time: { type: { kind: 'timestamp' }, description: 'When it was written, in whole seconds.' },
            source: { type: { kind: 'string' }, description: 'The file it is in, or the source as given.' },
            pattern: { type: { kind: 'string' }, description: 'Name of the pattern that it matches.' },
            text: { type: { kind: 'string' }, description: 'The line, without its end.' },
          },
        },
      },
      description: 'The newest matching lines, oldest first; a line that matches two patterns comes twice.',
    },
    truncated: {
      type: { kind: 'bool' },
      description: 'Not everything could be looked at: the counts are lower bounds.',
    },
  },
  examples: [
    {
      title: 'Why Apache did not start',
      params: {
        sources: ['/var/log/apache2/error.log', 'journal:apache2.service'],
        since: '24h',
        patterns: { no_space: String.raw`\(28\)No space left on device`, removed: 'AH0014[46]' },
      },
    },
    {
      title: 'I/O errors of disks',
      params: { sources: ['kernel'], since: '7d', patterns: { disk: 'I/O error, dev \\w+' }, limit: 10 },
    },
  ],
  work: {
    kind: 'script',
    compose({ sources, since, patterns }): Script {
      const literals = literalsOf(Object.values(patterns));
      return {
        summary: `search ${commandLine(sources)} since ${since} for ${Object.keys(patterns).join(', ')}`,
        text: LOG_SURVEY_SH,
        args: sources,
        variables: {
          since: String(Math.floor(Date.parse(since) / 1000)),
          wanted: literals.map(({ text }) => text).join('\n'),
          fold: literals.some(({ ignoreCase }) => ignoreCase) ? 'i' : '',
          max_lines: String(MAX_LINES),
          max_bytes: String(limitsFor(sources).bytes),
        },
        env: {
          RUNBOOK_LITERALS: literals.map(({ text, ignoreCase }) => (ignoreCase ? 'i' : 'c') + text).join('\n'),
        },
      };
    },
    interpret(answer, { sources, since, patterns, limit }) {
      if (answer.code !== 0) return failed('exit', `the logs could not be searched: ${answer.stderr.text.trim()}`);
      if (answer.stdout.truncated) return unexpectedOutput('the logs were cut short on their way', answer);
      const sections = readSections(answer.stdout.text);
      if (!sections.ok) return unexpectedOutput(sections.error, answer);
      const refusal = refusalOf(sections.value, sources);
      if (refusal !== undefined) return failed('cannot-check', refusal);
      const read = readAll(sections.value, sources, since);
      if (!read.ok) return unexpectedOutput(read.error, answer);

      const matches: { readonly line: LogLine; readonly pattern: string }[] = [];
      for (const [name, source] of Object.entries(patterns)) {
        const pattern = compilePattern(source);
        if (!pattern.ok) return failed('output', `pattern ${name}: ${pattern.error.message}`);
        for (const line of read.value.lines)
          if (pattern.value.matches(line.text)) matches.push({ line, pattern: name });
      }
      const byTime = matches.toSorted((a, b) => a.line.seconds - b.line.seconds);
      const of = (name: string): typeof byTime => byTime.filter(({ pattern }) => pattern === name);
      const names = Object.keys(patterns);
      return {
        status: 'ok',
        output: {
          counts: Object.fromEntries(names.map((name) => [name, of(name).length])),
          last: Object.fromEntries(
            names.map((name) => [name, timestampOf(Math.floor(of(name).at(-1)?.line.seconds ?? 0))]),
          ),
          lines: newest(byTime, limit ?? 100).map(({ line, pattern }) => ({
            time: timestampOf(Math.floor(line.seconds)),
            source: line.source,
            pattern,
            text: line.text,
          })),
          truncated: read.value.truncated,
        },
      };
    },
  },
});

type Literals = NonNullable<ReturnType<typeof patternLiterals>>;

/** None at all when any pattern has none: the host must send all lines then. */
function literalsOf(patterns: readonly string[]): Literals {
  const all: Literals[] = [];
  for (const pattern of patterns) {
    const literals = patternLiterals(pattern);
    if (literals === undefined) return [];
    all.push(literals);
  }
  return all.flat();
}

function limitsFor(sources: readonly string[]): Limits {
  return { lines: MAX_LINES, bytes: Math.floor(MAX_BYTES / Math.max(1, sources.length)) };
}

function refusalOf(sections: Sections, sources: readonly string[]): string | undefined {
  const refused = sources.flatMap((_, index) => {
    const section = sections.get(`source.${index + 1}`);
    return section === undefined || section.code !== 3 ? [] : [section.lines.join(', ')];
  });
  return refused.length === 0 ? undefined : refused.join('; ');
}

interface Read {
  readonly lines: readonly LogLine[];
  readonly truncated: boolean;
}

function readAll(sections: Sections, sources: readonly string[], since: string): Result<Read, string> {
  const clock = readLogClock(sections);
  if (!clock.ok) return clock;
  const lines: LogLine[] = [];
  let truncated = false;
  for (const [index, source] of sources.entries()) {
    const section = sections.get(`source.${index + 1}`);
    if (section?.code !== 0) return err(`${source} was not searched`);
    const read = readSource(section, source, clock.value, limitsFor(sources));
    if (!read.ok) return read;
    const recent = read.value.lines.filter((line) => isSince(line, since));
    // What was dropped is older than what was sent: it cannot matter when that reaches back far enough.
    const reachesBack = recent.length < read.value.lines.length;
    truncated ||= read.value.incomplete || (read.value.dropped && !reachesBack);
    for (const line of recent) lines.push(line);
  }
  return ok({ lines, truncated });
}

function newest<T>(items: readonly T[], limit: number): readonly T[] {
  return items.slice(Math.max(0, items.length - limit));
}
