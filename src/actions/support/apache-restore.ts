import type { Answer } from '../../model/action.ts';
import type { Script } from '../../model/script.ts';
import { err, ok, type Result } from '../../util/result.ts';
import { APACHE_ENVIRONMENT_SH, apacheSurvey } from './apache-survey.ts';
import { lookAtFiles } from './file-look.ts';
import { cannot, readSeenFiles, type CannotPrepare, type SeenFile } from './file-seen.ts';
import { GIT_HISTORY_SH } from './git-history.ts';
import { SECTIONS, type Sections } from './sections.ts';

/** As `apache_former_config` found it. */
interface TestedVersion {
  readonly path: string;
  /** A path, or `git:COMMIT:PATH`. */
  readonly version: string;
  readonly sha256: string;
}

interface SeenVersion extends TestedVersion {
  /** The broken file. */
  readonly file: SeenFile;
  readonly bytes: Buffer;
}

const CONTENTS_SH = `
${SECTIONS}
look_at_files() (
${lookAtFiles([]).text})
${GIT_HISTORY_SH}
commit_of() (
  cd "\${1%/*}" && git_history cat-file blob "\${2#git:}" | base64
)
section files look_at_files "$@"
number=0 tab=$(printf '\\t')
IFS='
'
set -f
for row in $commits; do
  unset IFS
  section "commit$number" commit_of "\${row%%"$tab"*}" "\${row#*"$tab"}"
  number=$((number + 1))
done
unset IFS
set +f
`;

/** Looks at the broken files and at their versions, besides what `apacheSurvey` says. */
export function lookAtVersions(restore: readonly TestedVersion[], unit: string): Script {
  const looked = lookAtFiles(
    restore.flatMap(({ path, version }) => [
      { path, content: true, follow: true },
      ...(isCommit(version) ? [] : [{ path: version, content: true, follow: false }]),
    ]),
  );
  const commits = restore.filter(({ version }) => isCommit(version));
  return {
    ...looked,
    summary: `look at ${restore.flatMap(({ path, version }) => [path, version]).join(' ')}`,
    text: CONTENTS_SH + apacheSurvey(),
    variables: { unit, commits: commits.map(({ path, version }) => `${path}\t${version}`).join('\n') },
  };
}

/** Reads what it printed, in the order of `restore`. */
export function readVersions(
  sections: Sections,
  answer: Answer,
  restore: readonly TestedVersion[],
): Result<readonly SeenVersion[], CannotPrepare> {
  const section = sections.get('files');
  const text = `${section?.lines.join('\n') ?? ''}\n`;
  const read = readSeenFiles({ ...answer, code: section?.code ?? 1, stdout: { ...answer.stdout, text } });
  if (!read.ok) return read;
  const files = read.value.values();
  let commits = 0;
  const seen: SeenVersion[] = [];
  for (const tested of restore) {
    const file = files.next().value;
    const bytes = isCommit(tested.version)
      ? Buffer.from(sections.get(`commit${commits++}`)?.lines.join('') ?? '', 'base64')
      : contentOf(files.next().value);
    if (file === undefined || bytes === undefined || bytes.length === 0)
      return err(cannot('cannot-start', `${tested.version} is not there any more: diagnose again`));
    seen.push({ ...tested, file, bytes });
  }
  return ok(seen);
}

function isCommit(version: string): boolean {
  return version.startsWith('git:');
}

function contentOf(file: SeenFile | undefined): Buffer | undefined {
  return file?.found.kind === 'file' ? file.found.content?.bytes : undefined;
}

/**
 * For `fileChangeScript`: defines `confirm`, which fails when Apache's configuration does not parse with what was put in place. Variables:
 * `candidates`, the name of its unit; `binary`; `control`, the program that tests the configuration as a start does, or empty.
 */
export const CONFIG_RESTORE_CONFIRM_SH = `
ask_apache() (
${APACHE_ENVIRONMENT_SH}
if [ -n "$control" ]; then exec "$control" configtest 2>&1; else exec "$binary" "$@" -t 2>&1; fi
)
confirm() {
  told=$(ask_apache) && return
  told=$(printf '%s\\n' "$told" | grep -v -e AH00557 -e AH00558 -e ':warn\\]' -e ':notice\\]' | head -n 2 | tr '\\n' ' ')
  objection="put back, for Apache's configuration does not parse with it: $told"
  return 1
}
`;
