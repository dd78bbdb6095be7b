import type { Answer } from '../../model/action.ts';
import type { Script } from '../../model/script.ts';
import { err, ok, type Result } from '../../util/result.ts';
import { lookAtFiles } from './file-look.ts';
import { cannot, readSeenFiles, type CannotPrepare, type SeenFile } from './file-seen.ts';
import { readSections, SECTIONS } from './sections.ts';
import { normalValue, type SysctlFile } from './sysctl-files.ts';

export interface SeenSysctl {
  /** Blanks are single. */
  readonly value: string;
  /** Of those that set anything at boot, in the order of their folders. */
  readonly files: readonly SysctlFile[];
  /** The file that was asked about. */
  readonly own?: SeenFile;
}

/** Reads a kernel parameter, and with `ownFile` all files that set one at boot, and that file as `lookAtFiles` does. */
export function lookAtSysctl(name: string, path: string, ownFile: string | undefined): Script {
  const files = ownFile === undefined ? [] : [{ path: ownFile, content: true, follow: true }];
  const look = lookAtFiles(files);
  return {
    ...look,
    summary: `look at ${name}${ownFile === undefined ? '' : ' and the files that set it at boot'}`,
    text: `${SECTIONS}${SYSCTL_SH}${ownFile === undefined ? '' : FILES_SH}sections_end\n${look.text}`,
    variables: { sysctl_path: path },
  };
}

const SYSCTL_SH = `
read_sysctl() {
  [ -e "$sysctl_path" ] || { echo 'this kernel does not have it'; return 1; }
  cat "$sysctl_path" 2>&1 || return
  [ -w "$sysctl_path" ] || { echo 'it cannot be set here: it is read-only, as in most containers, or needs root'; return 2; }
}
section value read_sysctl
`;

const FILES_SH = `
settings() { printf '%s\\n' "$1"; sed '/^[[:space:]]*[#;]/d; /^[[:space:]]*$/d' "$1" 2>&1; }
number=0
for file in /etc/sysctl.d/*.conf /run/sysctl.d/*.conf /usr/local/lib/sysctl.d/*.conf /usr/lib/sysctl.d/*.conf /lib/sysctl.d/*.conf /etc/sysctl.conf; do
  [ -e "$file" ] || continue
  case $file in
    /etc/sysctl.conf) [ ! "$file" -ef /etc/sysctl.d/99-sysctl.conf ] || continue ;;
  esac
  number=$((number + 1))
  section "file.$number" settings "$file"
done
`;

const END = '@end 0\n';

export function readSysctl(answer: Answer): Result<SeenSysctl, CannotPrepare> {
  const { text } = answer.stdout;
  const cut = text.startsWith(END) ? END.length : text.indexOf(`\n${END}`) + 1 + END.length;
  const sections = readSections(text.slice(0, cut));
  if (!sections.ok) return err(cannot('output', sections.error));
  const value = sections.value.get('value');
  if (value === undefined) return err(cannot('output', 'the value is not in the output'));
  if (value.code !== 0)
    return err(cannot(value.code === 2 ? 'cannot-start' : 'cannot-check', value.lines.at(-1) ?? ''));
  const looked = readSeenFiles({ ...answer, stdout: { ...answer.stdout, text: text.slice(cut) } });
  if (!looked.ok) return looked;
  const files: SysctlFile[] = [];
  for (const [name, section] of sections.value) {
    if (!name.startsWith('file.')) continue;
    const [path = '', ...lines] = section.lines;
    if (section.code !== 0) return err(cannot('cannot-check', `${path} cannot be read: ${lines.at(-1) ?? ''}`));
    files.push({ path, lines });
  }
  const [own] = looked.value;
  return ok({ value: normalValue(value.lines.join(' ')), files, ...(own !== undefined && { own }) });
}
