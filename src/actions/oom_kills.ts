import { defineAction } from '../model/action.ts';
import type { Script } from '../model/script.ts';
import { failed, unexpectedOutput } from './support/failure.ts';
import { isSince, readLogClock, readSource } from './support/log-lines.ts';
import { LOG_SURVEY_SH, MAX_BYTES, MAX_LINES } from './support/log-survey.ts';
import { OOM_LITERALS, readOomKills } from './support/oom-messages.ts';
import { readSections } from './support/sections.ts';
import { timestampOf } from './support/timestamps.ts';

export const action = defineAction({
  name: 'oom_kills',
  summary: "Lists the processes that the kernel's OOM killer ended since a moment.",
  notes: `
Reads the kernel's messages: from the journal (all boots), else from \`dmesg\` (this boot, as far as its buffer reaches), else from
\`/var/log/kern.log\`. \`unit\` is the innermost unit of the cgroup path that the kernel names, which kernels before 4.19 do only for kills
within a cgroup. Times that come from \`dmesg\` may be off by the drift of the clock since the host's start.
`.trim(),
  effect: 'reads',
  risk: 'none',
  idempotent: true,
  params: { since: { type: { kind: 'since' }, description: 'Older kills do not count.' } },
  output: {
    kills: {
      type: {
        kind: 'list',
        of: {
          kind: 'object',
          name: 'OomKill',
          key: 'pid',
          fields: {
            time: { type: { kind: 'timestamp' }, description: 'When it was killed.' },
            pid: { type: { kind: 'int' }, description: 'Its pid.' },
            command: { type: { kind: 'string' }, description: 'Its name.' },
            unit: { type: { kind: 'string' }, description: 'The unit it ran in; empty if unknown.' },
            scope: {
              type: { kind: 'string', enum: ['host', 'cgroup'] },
              description: 'What was short of memory: the host, or the cgroup of a limit.',
            },
            rss_bytes: { type: { kind: 'int' }, description: 'Memory it held: anonymous, file and shared pages.' },
          },
        },
      },
      description: 'The kills, oldest first.',
    },
  },
  examples: [{ title: 'Kills of the last day', params: { since: '24h' } }],
  work: {
    kind: 'script',
    compose({ since }): Script {
      return {
        summary: `look for OOM kills in the kernel's messages since ${since}`,
        text: LOG_SURVEY_SH,
        args: ['kernel'],
        variables: {
          since: String(Math.floor(Date.parse(since) / 1000)),
          wanted: OOM_LITERALS.join('\n'),
          fold: '',
          max_lines: String(MAX_LINES),
          max_bytes: String(MAX_BYTES),
        },
        env: { RUNBOOK_LITERALS: OOM_LITERALS.map((literal) => `c${literal}`).join('\n') },
      };
    },
    interpret(answer, { since }) {
      if (answer.code !== 0)
        return failed('exit', `the kernel's messages could not be read: ${answer.stderr.text.trim()}`);
      const sections = readSections(answer.stdout.text);
      if (!sections.ok) return unexpectedOutput(sections.error, answer);
      const kernel = sections.value.get('source.1');
      if (kernel?.code === 3) return failed('cannot-check', kernel.lines.join(', '));
      const clock = readLogClock(sections.value);
      if (!clock.ok) return unexpectedOutput(clock.error, answer);
      if (kernel?.code !== 0) return unexpectedOutput("the kernel's messages were not read", answer);
      const read = readSource(kernel, 'kernel', clock.value, { lines: MAX_LINES, bytes: MAX_BYTES });
      if (!read.ok) return unexpectedOutput(read.error, answer);
      const kills = readOomKills(read.value.lines.filter((line) => isSince(line, since)));
      return {
        status: 'ok',
        output: {
          kills: kills.map(({ seconds, pid, command, unit, scope, rssBytes }) => ({
            time: timestampOf(Math.floor(seconds)),
            pid,
            command,
            unit,
            scope,
            rss_bytes: rssBytes,
          })),
        },
      };
    },
  },
});
