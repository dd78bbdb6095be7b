import { apacheSurvey } from './apache-survey.ts';
import { lookAtFiles } from './file-look.ts';

const FILES_SH = `
mutex_files() {
  IFS='
'
  set -f
  set --
  for file in $included; do
    if [ -f "$file" ] && [ -r "$file" ]; then set -- "$@" "$file"; fi
  done
  [ $# -gt 0 ] || return 0
  grep -liE '^[[:space:]]*(Mutex|AcceptMutex|LockFile)[[:space:]]' -- "$@" /dev/null | while IFS= read -r file; do
    printf '%s\\n' "$file" "$(readlink -f "$file")"
  done
}
section mutex_files mutex_files
mutex_files=$section_text
server_root=$(printf '%s\\n' "$config" | sed -n 's/^ServerRoot: "\\(.*\\)"$/\\1/p')
[ -z "$server_root" ] || server_root=$(readlink -f "$server_root")
new_place() {
  if [ -z "$server_root" ]; then
    readlink -f "$main"
  elif [ -d "$server_root/conf-available" ] && [ -d "$server_root/conf-enabled" ]; then
    printf '%s\\n' "$server_root/conf-available/runbook-mutex.conf" "$server_root/conf-enabled/runbook-mutex.conf"
  elif [ -d "$server_root/conf.d" ]; then
    printf '%s\\n' "$server_root/conf.d/runbook-mutex.conf"
  else
    readlink -f "$main"
  fi
}
section new_place new_place
new_place=$section_text
`;

const PLACE_SH = `
lock_place() {
  place=$dir
  [ -n "$place" ] || place=\${APACHE_LOCK_DIR-}
  [ -n "$place" ] || place=$(printf '%s\\n' "$config" | sed -n 's/^Mutex default: dir="\\(.*\\)" mechanism=.*/\\1/p')
  printf '%s\\n' "$place"
  [ -n "$place" ] || return 0
  there_of "$place"
  readlink -f "\${there:-/}"
  if [ -d "$place" ]; then echo directory; elif [ -e "$place" ]; then echo other; else echo absent; fi
  if [ -w "\${there:-/}" ]; then echo writable; else echo read-only; fi
}
section lock_place lock_place
`;

// Six words a file, as `lookAtFiles` gives them.
const CONTENTS_SH = `
look_at_files() (
${lookAtFiles([]).text})
IFS='
'
set -f
set --
for file in $(printf '%s\\n' "$mutex_files" | sed -n 'n;p' | sort -u); do set -- "$@" "$file" '' '' content follow ''; done
for file in $new_place; do set -- "$@" "$file" '' '' content '' ''; done
unset IFS
set +f
section files look_at_files "$@"
`;

/**
 * Variables `unit`, as of `apacheSurvey`, and `dir`, the directory that was asked for or empty. Sections besides those of the survey:
 * `mutex_files`, each file that may set the mutex, as it is included and its real path; `new_place`, the file for a new line and the
 * link that makes Apache read it; `lock_place`, the directory of the lock, the real path of what is there of it, `directory`, `other` or
 * `absent`, and `writable` or `read-only`; `files`, what `lookAtFiles` says of the real paths and of the new place.
 */
export const APACHE_MUTEX_LOOK_SH = apacheSurvey(`${FILES_SH}${PLACE_SH}${CONTENTS_SH}`);
