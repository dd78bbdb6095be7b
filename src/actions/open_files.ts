import { defineAction } from '../model/action.ts';
import { unitOfCgroup } from './support/cgroup-unit.ts';
import { failed, lastLine, unexpectedOutput } from './support/failure.ts';
import { managerOf, nameFor } from './support/look-at-unit.ts';
import { MAX_PROCESSES, openFilesText } from './support/open-files.ts';
import { readSections } from './support/sections.ts';
import { readProperties, UNIT_NAME } from './support/unit.ts';

export const action = defineAction({
  name: 'open_files',
  summary: 'Reads how near processes, a service and the host are to their limits on open files.',
  notes: `
With \`service\` the processes of that unit are told, else those of the whole host; at most the ${MAX_PROCESSES} that are nearest to their limit. With systemd
they are those of its control group, with init scripts its main process and what descends from that. An unknown unit has none.

\`limit\` is the soft limit, at which the process is refused more; it may raise that itself up to its hard limit. A socket in CLOSE_WAIT was closed
by the other side and not by the program: many of them are a leak in the program. The step needs root.
`.trim(),
  effect: 'reads',
  risk: 'none',
  idempotent: true,
  params: {
    service: {
      type: { kind: 'string', pattern: `${UNIT_NAME}|^$`, form: 'the name of a unit, such as apache2' },
      description: 'The unit, with or without `.service`; the whole host by default.',
      optional: true,
    },
  },
  output: {
    unit_limit: {
      type: { kind: 'int' },
      description: 'Soft limit with which the unit is started next; 0 without a unit, and where there is no systemd.',
    },
    unit_hard_limit: {
      type: { kind: 'int' },
      description: 'Hard limit of the same: how far its processes may raise theirs.',
    },
    host_used: { type: { kind: 'int' }, description: 'Open files of the whole host.' },
    host_max: {
      type: { kind: 'int' },
      description: 'How many it may have (`fs.file-max`), at most 2^53 - 1, which stands for no limit.',
    },
    host_used_percent: { type: { kind: 'double' }, description: 'The first of the second, 0 to 100.' },
    processes: {
      type: {
        kind: 'list',
        of: {
          kind: 'object',
          name: 'OpenFiles',
          key: 'pid',
          fields: {
            pid: { type: { kind: 'int' }, description: 'Its pid.' },
            command: { type: { kind: 'string' }, description: 'Its name.' },
            unit: { type: { kind: 'string' }, description: 'The unit it runs in; empty if unknown.' },
            open: { type: { kind: 'int' }, description: 'Descriptors it has open.' },
            limit: { type: { kind: 'int' }, description: 'How many it may have: its soft limit.' },
            used_percent: { type: { kind: 'double' }, description: 'The first of the second.' },
            sockets_close_wait: {
              type: { kind: 'int' },
              description: 'TCP sockets it has open that the other side closed.',
            },
          },
        },
      },
      description: 'Processes, the nearest to its limit first.',
    },
  },
  examples: [
    { title: 'Of a service', params: { service: 'mariadb' } },
    { title: 'Who is nearest to a limit', params: {} },
  ],
  work: {
    kind: 'script',
    compose({ service = '' }, { host }) {
      const manager = managerOf(host);
      return {
        summary: `count open files of ${service === '' ? 'all processes' : service}`,
        text: openFilesText(manager),
        variables: { runbook_service: nameFor(manager, service), runbook_init: manager },
      };
    },
    interpret(answer, { service = '' }) {
      if (answer.code === 69) return failed('cannot-check', lastLine(answer.stderr.text));
      const sections = readSections(answer.stdout.text);
      if (!sections.ok) return unexpectedOutput(sections.error, answer);
      const host = sections.value.get('host');
      const [, allocated, unused, max] = /^(\d+)\s+(\d+)\s+(\d+)$/.exec(host?.lines[0] ?? '') ?? [];
      const most = Number(host?.lines[1]);
      if (host?.code !== 0 || max === undefined || !(most > 0))
        return failed('cannot-check', 'the limits in /proc/sys/fs cannot be read');
      const unit = sections.value.get('unit');
      if (service !== '' && unit?.code !== 0)
        return failed('cannot-check', unit?.lines[0] ?? `${service} cannot be looked at`);
      const properties = readProperties(unit?.lines ?? []);
      const known = properties.get('LoadState') !== 'not-found';
      const limit = (name: string): number => (known ? limitOf(properties.get(name), most) : 0);
      const hard = limit('LimitNOFILE');
      const used = Number(allocated) - Number(unused);
      const total = Math.min(Number(max), Number.MAX_SAFE_INTEGER);
      return {
        status: 'ok',
        output: {
          unit_limit: limit('LimitNOFILESoft') || hard,
          unit_hard_limit: hard,
          host_used: used,
          host_max: total,
          host_used_percent: total === 0 ? 0 : (used / total) * 100,
          processes: readProcesses(sections.value.get('processes')?.lines ?? []),
        },
      };
    },
  },
});

/** `infinity` is as many as the kernel lets a process have. */
function limitOf(text: string | undefined, most: number): number {
  if (text === undefined) return 0;
  return /^\d+$/.test(text) ? Math.min(Number(text), most) : most;
}

function readProcesses(lines: readonly string[]) {
  const processes = [];
  for (let index = 0; index + 2 < lines.length; index += 3) {
    const [numbers = '', command = '', path = ''] = lines.slice(index, index + 3);
    const [pid = 0, open = 0, limit = 0, closeWait = 0] = numbers.split(' ').map(Number);
    processes.push({
      pid,
      command,
      unit: unitOfCgroup(path),
      open,
      limit,
      used_percent: limit === 0 ? 100 : (open / limit) * 100,
      sockets_close_wait: closeWait,
    });
  }
  // The shell compares whole thousandths of a percent, which puts two that are nearly alike in either order.
  return processes.toSorted((a, b) => b.used_percent - a.used_percent);
}
