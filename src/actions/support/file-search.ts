/** Records that begin with `//`, which no part of a path does, are whole although names may hold line breaks. */
const RECORD = '//%s %b %B %Y %u %f %h %d:%i %n';

/**
 * POSIX sh that walks folders without following links. Variables it takes: `type` (`f`, `d`, `l` or empty), `older` (seconds, or empty),
 * `min_size` (bytes, or empty), `patterns` and `excludes` (of names, one a line), `one_fs` (`yes`, or empty: what is mounted below belongs to it too).
 *
 * `need PROGRAM...` ends the script with 69 when one is missing. `note_mounts` has to be called before what follows.
 * `choose FIND-WORDS...` runs find in the working directory, `$root`, with these words after the selection.
 * `records` prints for each file chosen there a record `//SIZE BLOCKS UNIT MODIFIED UID MODE LINKS INODE ./PATH`, MODE in
 * hexadecimal.
 * `resolve PATH...` prints the folders that these paths lead to, each once and none that the walk of another one covers; a path that does
 * not exist, or is no folder, is left out, and one that cannot be entered is complained about. `walk` reads such a list and prints, for
 * each folder, a record `//@FOLDER`, then its `records`.
 */
export const FILE_SEARCH_SH = `
set -f
line_break='
'
need() {
  for tool; do
    command -v "$tool" >/dev/null 2>&1 || { echo "this host has no $tool" >&2; exit 69; }
  done
}
need find stat awk sed sort
glob_of() { printf '%s\\n' "$1" | sed 's/[][*?\\\\]/\\\\&/g'; }
note_mounts() {
  mounts=$(awk '{ print $5 }' /proc/self/mountinfo | sed 's/[][*?]/\\\\&/g; s/\\\\040/ /g; s/\\\\043/#/g; s/\\\\134/\\\\\\\\/g')
  now=$(date +%s)
  until='' minutes=''
  [ -n "$older" ] || return 0
  if find /dev/null -maxdepth 0 -newermt '@0.5' -printf '' >/dev/null 2>&1; then
    until=$((now - older))
  else
    minutes=$(((older + 59) / 60))
  fi
}
mounts_below() {
  [ -n "$one_fs" ] || return 0
  below=$(glob_of "\${1%/}")
  printf '%s\\n' "$mounts" | while IFS= read -r mount; do
    case $mount in "$below"/?*) printf '%s\\n' "\${mount#"$below"/}" ;; esac
  done
}
choose() {
  [ -z "$until" ] || set -- ! -newermt "@$until.999999999" "$@"
  [ -z "$minutes" ] || [ "$minutes" = 0 ] || set -- -mmin "+$((minutes - 1))" "$@"
  case $min_size in '' | 0) ;; *) set -- -size "+$((min_size - 1))c" "$@" ;; esac
  inner=$(mounts_below "$root")
  IFS=$line_break
  for mount in $inner; do set -- ! -path "./$mount" ! -path "./$mount/*" "$@"; done
  for pattern in $excludes; do set -- ! -name "$pattern" "$@"; done
  if [ -n "$patterns" ]; then
    or=
    set -- ')' "$@"
    for pattern in $patterns; do
      set -- -name "$pattern" $or "$@"
      or=-o
    done
    set -- '(' "$@"
  fi
  unset IFS
  [ -z "$type" ] || set -- -type "$type" "$@"
  find . \${one_fs:+-xdev} -mindepth 1 $only_here "$@"
}
only_here=
records() { choose -exec stat -c '${RECORD}' {} +; }
resolve() {
  for path; do
    [ -d "$path" ] || continue
    folder=$(cd -P -- "$path" && pwd -P && echo .) || { echo "cannot enter $path" >&2; continue; }
    folder=\${folder%"$line_break".}
    case $folder in *"$line_break"*) echo "the name of $path has a line break" >&2; continue ;; esac
    printf '%s\\n' "$folder"
  done | sort -u | {
    kept=
    while IFS= read -r folder; do
      ! is_covered "$folder" || continue
      kept="$kept$folder$line_break"
    done
    printf %s "$kept"
  }
}
is_covered() {
  IFS=$line_break
  set -- "$1" $kept
  unset IFS
  folder=$1
  shift
  for outer; do
    case $folder in "\${outer%/}"/*) ;; *) continue ;; esac
    part=$(glob_of "\${folder#"\${outer%/}"/}")
    between=$(mounts_below "$outer" | while IFS= read -r mount; do
      case $part/ in "$mount"/*) echo yes ;; esac
    done)
    [ -n "$between" ] || return 0
  done
  return 1
}
walk() {
  while IFS= read -r root; do
    [ -n "$root" ] || continue
    cd -P -- "$root" && [ "$(pwd -P)" = "$root" ] || { echo "cannot enter $root" >&2; continue; }
    printf '//@%s\\n' "$root"
    records
  done
}
`;

/**
 * awk: puts the records back together. `judge()` is called for each with `field[1]` to `field[8]` and `path` set, and `done()` at the end;
 * a program defines both. `escaped(TEXT)` is for one line, and `unescaped` reads it back.
 */
export const RECORDS_AWK = `
function escaped(text) {
  if (text ~ /[%\\n]/) { gsub(/%/, "%25", text); gsub(/\\n/, "%0A", text) }
  return text
}
function settle(  i, length_so_far) {
  if (record == "") return
  if (substr(record, 3, 1) == "@") {
    root = substr(record, 4)
    if (root == "/") root = ""
  } else {
    split(record, field, " ")
    length_so_far = 0
    for (i = 1; i <= 8; i++) length_so_far += length(field[i]) + 1
    path = root substr(record, length_so_far + 2)
    field[1] = substr(field[1], 3)
    judge()
  }
}
/^\\/\\// { settle(); record = $0; next }
{ record = record "\\n" $0 }
END { settle(); done() }
`;

/** What `escaped` of `RECORDS_AWK` wrote. */
export function unescaped(text: string): string {
  return text.replaceAll('%0A', '\n').replaceAll('%25', '%');
}
