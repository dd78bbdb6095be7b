import { err, ok, type Result } from '../../util/result.ts';
import { unitOfCgroup } from './cgroup-unit.ts';
import { excerpt, SECTIONS } from './sections.ts';

/**
 * POSIX sh for what looks at open files in /proc; ends with 69 where it may not. `describe NUMBERS PID LINK` prints four lines: NUMBERS, the
 * name of the process, its cgroup, and what LINK leads to, in which a line break is `?`; nothing when the process has ended.
 */
export const OPEN_BY_PROCESS_SH = `${SECTIONS}
if ! [ -r /proc/1/fd ]; then
  [ -d /proc/1 ] && echo 'this user may not look into all processes: become root' >&2 || echo 'there is no /proc' >&2
  exit 69
fi
for tool in find stat awk readlink; do
  command -v "$tool" >/dev/null 2>&1 || { echo "this host has no $tool" >&2; exit 69; }
done
describe() {
  target=$(readlink "$3") || return 0
  { read -r name <"/proc/$2/comm"; } 2>/dev/null || return 0
  cgroup=
  { while IFS= read -r line; do
    case $line in 0::* | *:name=systemd:*) cgroup=\${line#*:*:} ;; esac
  done <"/proc/$2/cgroup"; } 2>/dev/null
  printf '%s\\n%s\\n%s\\n' "$1" "$name" "$cgroup"
  printf %s "$target" | tr '\\n' '?'
  echo
}
`;

/** What `describe` printed. */
export interface OpenByProcess {
  readonly numbers: readonly number[];
  readonly command: string;
  readonly unit: string;
  readonly path: string;
}

/** Reads lines of `describe`, which `end` has to follow. */
export function readOpenByProcess(lines: readonly string[]): Result<readonly OpenByProcess[], string> {
  if (lines.at(-1) !== 'end') return err('the list of open files is cut short');
  const entries: OpenByProcess[] = [];
  for (let index = 0; index < lines.length - 1; index += 4) {
    const [numbers = '', command = '', cgroup = '', path = ''] = lines.slice(index, index + 4);
    if (!/^\d+(?: \d+)*$/.test(numbers)) return err(`not an open file: ${excerpt(numbers)}`);
    entries.push({ numbers: numbers.split(' ').map(Number), command, unit: unitOfCgroup(cgroup), path });
  }
  return ok(entries);
}
