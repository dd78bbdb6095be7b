import { KERNEL_LOG_SH } from './kernel-log.ts';
import { TIMED_AWK } from './log-times.ts';
import { SECTIONS } from './sections.ts';

/** A line longer than this is cut. */
const MAX_LINE = 8192;
/** Of one source: more lines are not sent. */
export const MAX_LINES = 20_000;
/** Of all sources together; what a connection keeps of one answer is a little more. */
export const MAX_BYTES = 1_800_000;

const FILTER_SH = `
sift() {
  awk '${TIMED_AWK}
    BEGIN {
      count = split(ENVIRON["RUNBOOK_LITERALS"], literals, "\\n")
      for (i = 1; i <= count; i++) {
        kind[i] = substr(literals[i], 1, 1)
        text[i] = substr(literals[i], 2)
        if (kind[i] == "i") { text[i] = tolower(text[i]); folds = 1 }
      }
    }
    {
      head = substr($0, 1, 300)
      own = timed(head)
      if (own) { stamp = head; gsub(/\\t/, " ", stamp); any = 1 }
      hit = count == 0
      if (folds) lower = tolower($0)
      for (i = 1; i <= count && !hit; i++) hit = index(kind[i] == "i" ? lower : $0, text[i]) > 0
      if (hit) print number "\\t" (length($0) > ${MAX_LINE} ? "+" : "") "\\t" (own ? "" : stamp) "\\t" substr($0, 1, ${MAX_LINE})
    }
    END { if (NR && !any) print number "\\t!\\t\\t" }
  ' number="$1" -
}
may_hit() {
  [ -z "$wanted" ] || grep -q\${fold}F -e "$wanted"
}
`;

const FILES_SH = `
unpack() {
  case $1 in
    *.gz) gzip -dc <"$1" ;;
    *.xz) xz -dc <"$1" ;;
    *.bz2) bzip2 -dc <"$1" ;;
    *.zst) zstd -dcq <"$1" ;;
    *) cat <"$1" ;;
  esac | tr '\\000' ' '
}
can_unpack() {
  case $1 in
    *.gz) command -v gzip ;;
    *.xz) command -v xz ;;
    *.bz2) command -v bzip2 ;;
    *.zst) command -v zstd ;;
    *) : ;;
  esac >/dev/null 2>&1
}
hidden() {
  place=$1
  while [ -n "$place" ] && [ ! -e "$place" ]; do place=\${place%/*}; done
  [ "$place" != "$1" ] || place=\${place%/*}
  place=\${place:-/}
  [ -d "$place" ] && { [ ! -x "$place" ] || [ ! -r "$place" ]; }
}
with_rotated() {
  IFS=
  for file in $1; do
    [ -f "$file" ] && printf '%s\\n' "$file"
    for file in "$file".[0-9]* "$file"-[0-9]* "\${file%.log}"-[0-9]*.log* "\${file%.log}".[0-9]*.log*; do
      [ -f "$file" ] && printf '%s\\n' "$file"
    done
  done
  unset IFS
}
search_files() {
  if hidden "\${1%%[*?[]*}"; then
    printf 'the place of %s cannot be looked into by this user\\n' "$1"
    return 3
  fi
  if [ -e "$1" ] && [ ! -f "$1" ]; then
    printf '%s is not a file\\n' "$1"
    return 3
  fi
  files=$(with_rotated "$1" | sort -u | while IFS= read -r file; do
    modified=$(stat -c %Y -- "$file") || continue
    [ "$modified" -lt "$since" ] || printf '%s %s\\n' "$modified" "$file"
  done | sort -n)
  unread=$(printf '%s\\n' "$files" | while read -r modified file; do
    [ -z "$file" ] || [ -r "$file" ] || printf '%s\\n' "$file"
  done)
  if [ -n "$unread" ]; then
    printf 'cannot read %s\\n' "$unread"
    return 3
  fi
  number=0
  printf '%s\\n' "$files" | while read -r modified file; do
    [ -n "$file" ] || continue
    number=$((number + 1))
    if ! can_unpack "$file"; then
      printf '%s\\t?\\t\\t\\n' "$number"
    elif unpack "$file" | may_hit; then
      unpack "$file" | sift "$number"
    fi
  done | tail -n "$max_lines" | tail -c "$max_bytes"
  number=0
  printf '%s\\n' "$files" | while read -r modified file; do
    number=$((number + 1))
    [ -z "$file" ] || printf 'F\\t%s\\t%s\\t%s\\n' "$number" "$modified" "$file"
  done
}
`;

const SOURCES_SH = `
search_journal() {
  if [ -z "$journal_format" ]; then
    [ -d /run/systemd/system ] || return 0
    echo 'there is no journalctl to read the journal with'
    return 3
  fi
  if journal_blind; then
    echo 'this user sees only a part of the journal'
    return 3
  fi
  journalctl -a --no-pager -o "$journal_format" --since "@$since" -u "$1" | sift 0 | tail -n "$max_lines" | tail -c "$max_bytes"
}
search_kernel() {
  messages=$(kernel_log "$since") || { printf '%s\\n' "$messages"; return 3; }
  printf '%s\\n' "$messages" | sift 0 | tail -n "$max_lines" | tail -c "$max_bytes"
}
search() {
  case $1 in
    '' | journal: | /dev/*) ;;
    journal:*) search_journal "\${1#journal:}" ;;
    kernel) search_kernel ;;
    /*) search_files "$1" ;;
    *) echo "$1 is neither a path nor journal:UNIT nor kernel"; return 3 ;;
  esac
}
offset() { env -u TZ date -d "@$1" +%z; }
zone() {
  now=$(date +%s) low=$since high=$now
  before=$(offset "$since") after=$(offset "$now")
  echo "$since $before"
  [ "$before" != "$after" ] || return 0
  while [ $((high - low)) -gt 1 ]; do
    middle=$(((high + low) / 2))
    if [ "$(offset "$middle")" = "$before" ]; then low=$middle; else high=$middle; fi
  done
  echo "$high $after"
}
clock() { date +%s; sed -n 's/^btime //p' /proc/stat; }
section clock clock
section zone zone
sources=0
for source; do
  sources=$((sources + 1))
  section "source.$sources" search "$source"
done
sections_end
`;

/**
 * Arguments: sources. Variables: `since` (seconds), `wanted` (literals, one a line; empty: all lines), `fold` (`i` or empty: whether some
 * ignore case), `max_lines`, `max_bytes` of one source. Environment: `RUNBOOK_LITERALS`, the same literals behind `i` (ignore case) or `c`.
 *
 * A section `source.N` for each, code 3 with the reason when it cannot be read; else lines `FILE<TAB>MARK<TAB>STAMP<TAB>LINE` from the oldest to
 * the newest: FILE is a number from 1 (0: no file), MARK `+` a line that was cut, `!` the file has no times at all, `?` nothing here can
 * unpack it; STAMP begins with the last time before a line that has none of its own. Then `F<TAB>FILE<TAB>MTIME<TAB>PATH` for each file.
 */
export const LOG_SURVEY_SH = `${SECTIONS}${KERNEL_LOG_SH}${FILTER_SH}${FILES_SH}${SOURCES_SH}`;
