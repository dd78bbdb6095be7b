import { SECTIONS } from './sections.ts';

/**
 * POSIX sh. `find_journal` sets `journal` to the folder of this machine's journal, the one on disk if there is one, else the one in
 * memory, or to nothing. `journal_bytes` prints what its files take, both when there are two.
 */
const JOURNAL_SH = `${SECTIONS}
find_journal() {
  journal=
  { read -r machine </etc/machine-id; } 2>/dev/null || return 0
  case $machine in '' | *[!0-9a-f]*) return 0 ;; esac
  for base in /var/log/journal /run/log/journal; do
    [ -d "$base/$machine" ] || continue
    journal=$(cd -P "$base/$machine" && pwd -P) || { echo "cannot enter $base/$machine" >&2; exit 69; }
    return 0
  done
}
journal_bytes() {
  for folder; do
    [ -d "$folder" ] || continue
    find "$folder/" -type f -name '*.journal*' -exec stat -c '%b %B' {} + 2>/dev/null
  done | awk '{ sum += $1 * $2 } END { printf "%.0f\\n", sum }'
}
find_journal
`;

/** Sections `mounts` and `journal`: its folder and its bytes; no lines when there is none. */
export const JOURNAL_USAGE_SH = `${JOURNAL_SH}
tell() {
  [ -n "$journal" ] || return 0
  printf '%s\\n' "$journal"
  journal_bytes "$journal"
}
section mounts cat /proc/self/mountinfo
section journal tell
sections_end
`;

/**
 * Variable `keep`: bytes. Sections `before` and `after`: bytes, of which both are 0 when there is no journal; `vacuum`: what journalctl
 * said. What is still written to can be removed only once it was closed, so a rotation comes between two passes when one is not enough.
 */
export const JOURNAL_VACUUM_SH = `${JOURNAL_SH}
folders() {
  [ -z "$journal" ] || journal_bytes "/var/log/journal/$machine" "/run/log/journal/$machine"
}
vacuum() { journalctl --vacuum-size="$keep"; }
if [ -n "$journal" ] && ! command -v journalctl >/dev/null 2>&1; then
  echo 'there is a journal, but no journalctl to trim it with' >&2
  exit 69
fi
section before folders
if [ -n "$journal" ]; then
  section_all vacuum vacuum
  if [ "$section_code" = 0 ] && [ "$(journal_bytes "$journal")" -gt "$keep" ]; then
    section_all rotate journalctl --rotate
    section_all rest vacuum
  fi
fi
section after folders
sections_end
`;
