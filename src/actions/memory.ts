import { defineAction } from '../model/action.ts';
import { unitOfCgroup } from './support/cgroup-unit.ts';
import { failed, unexpectedOutput } from './support/failure.ts';
import { readSections, SECTIONS } from './support/sections.ts';

const TOP = 10;

// Builtins only for each process, so that thousands of them cost no fork. A process may end at any moment: it is left out then.
const TEXT = `
${SECTIONS}
page=$(getconf PAGESIZE 2>/dev/null) || page=4096
sizes() {
  for folder in /proc/[0-9]*; do
    { read -r size pages rest <"$folder/statm"; } 2>/dev/null || continue
    [ "$pages" -gt 0 ] && printf '%s %s\\n' $((pages * page)) "\${folder#/proc/}"
  done
  true
}
largest() {
  sizes | sort -rn | head -n ${TOP} | while read -r bytes pid; do
    { read -r name <"/proc/$pid/comm"; } 2>/dev/null || continue
    path=
    { while IFS= read -r line; do
      case $line in 0::* | *:name=systemd:*) path=\${line#*:*:} ;; esac
    done <"/proc/$pid/cgroup"; } 2>/dev/null
    printf '%s %s\\n%s\\n%s\\n' "$pid" "$bytes" "$name" "$path"
  done
}
section meminfo cat /proc/meminfo
section largest largest
sections_end
`;

export const action = defineAction({
  name: 'memory',
  summary: 'Reads how much memory and swap is left, and which processes hold most of it.',
  notes: `
\`available\` is what the kernel would give to programs without swapping (\`MemAvailable\`; before Linux 3.14 free memory and caches). In a
container these are the host's numbers. The memory of a process counts pages that it shares with others too.
`.trim(),
  effect: 'reads',
  risk: 'none',
  idempotent: true,
  params: {},
  output: {
    total_bytes: { type: { kind: 'int' }, description: 'Memory of the host.' },
    available_bytes: { type: { kind: 'int' }, description: 'What programs could still get.' },
    available_percent: { type: { kind: 'percent' }, description: 'The same of the total.' },
    swap_total_bytes: { type: { kind: 'int' }, description: 'All swap; 0 when there is none.' },
    swap_free_bytes: { type: { kind: 'int' }, description: 'Swap that is free.' },
    top: {
      type: {
        kind: 'list',
        of: {
          kind: 'object',
          name: 'MemoryUser',
          key: 'pid',
          fields: {
            pid: { type: { kind: 'int' }, description: 'Its pid.' },
            command: { type: { kind: 'string' }, description: 'Its name.' },
            unit: { type: { kind: 'string' }, description: 'The unit it runs in; empty if unknown.' },
            rss_bytes: { type: { kind: 'int' }, description: 'Memory it holds.' },
          },
        },
      },
      description: `The ${TOP} processes that hold most, the largest first.`,
    },
  },
  examples: [{ title: 'How much is left', params: {} }],
  work: {
    kind: 'script',
    compose: () => ({ summary: 'read /proc/meminfo and the largest processes', text: TEXT }),
    interpret(answer) {
      const sections = readSections(answer.stdout.text);
      if (!sections.ok) return unexpectedOutput(sections.error, answer);
      const [info, largest] = [sections.value.get('meminfo'), sections.value.get('largest')];
      if (info?.code !== 0) return failed('cannot-check', '/proc/meminfo cannot be read: is /proc mounted?');
      const of = bytesByName(info.lines);
      const total = of.get('MemTotal') ?? 0;
      if (total === 0) return unexpectedOutput('/proc/meminfo does not tell the memory of the host', answer);
      const cached = (of.get('MemFree') ?? 0) + (of.get('Buffers') ?? 0) + (of.get('Cached') ?? 0);
      const available = Math.min(of.get('MemAvailable') ?? cached, total);
      return {
        status: 'ok',
        output: {
          total_bytes: total,
          available_bytes: available,
          available_percent: (available / total) * 100,
          swap_total_bytes: of.get('SwapTotal') ?? 0,
          swap_free_bytes: of.get('SwapFree') ?? 0,
          top: readLargest(largest?.lines ?? []),
        },
      };
    },
  },
});

/** `MemTotal:  2048 kB` */
function bytesByName(lines: readonly string[]): ReadonlyMap<string, number> {
  const found = lines.map((line) => /^(\w+): +(\d+) kB$/.exec(line));
  return new Map(found.flatMap((match) => (match === null ? [] : [[match[1] ?? '', Number(match[2]) * 1024]])));
}

/** Three lines for each process: `PID BYTES`, its name, its cgroup. */
function readLargest(lines: readonly string[]) {
  const processes = [];
  for (let index = 0; index < lines.length; index += 3) {
    // The last path is not there when it is empty.
    const [numbers = '', command = '', path = ''] = lines.slice(index, index + 3);
    const [pid, bytes] = numbers.split(' ').map(Number);
    processes.push({ pid: pid ?? 0, command, unit: unitOfCgroup(path), rss_bytes: bytes ?? 0 });
  }
  return processes;
}
