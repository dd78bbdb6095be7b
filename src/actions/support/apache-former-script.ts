import { FILE_PATH_SH } from './file-path.ts';
import { GIT_HISTORY_SH } from './git-history.ts';

const MOST_VERSIONS = 20;
const MOST_FILES = 5;
const MOST_BYTES = 1024 * 1024;

/**
 * A program of its own, run in a mount namespace: `$1` is Apache's binary, `$2` its main file, `$3` the time of its last start that
 * succeeded, in seconds, or empty, the rest its arguments. Nothing that it mounts is seen by the host, and all of it is gone with the
 * process. Prints lines of words parted by tabs, in this order for each broken file:
 *
 * - `broken FILE INCLUDED LINE there|missing COMPLAINT`: its real path, and how Apache came to it
 * - `unchanged`, where the file there is older than that start: then it is not what went wrong, and nothing is tried
 * - `tried VERSION SECONDS SHA256 pass|fail COMPLAINT`, the newest first; the first that passes, for this file, is the last
 * - `without pass|fail`, where none passes: whether all parses when the file is empty
 *
 * and at the end `all pass|fail`: whether the configuration parses with the versions that passed. `COMPLAINT` may be empty.
 */
export const FORMER_CONFIG_TEST_SH = `
refuse() { printf '%s\\n' "$1" >&2; exit 1; }
binary=$1 main=$(readlink -f "$2") good=$3; shift 3
umask 077
tab=$(printf '\\t')
${FILE_PATH_SH}${GIT_HISTORY_SH}
set +f
for scratch in /mnt /media /srv /opt /var/tmp /dev/shm; do
  if [ -d "$scratch" ] && [ -z "$(ls -A "$scratch")" ]; then break; fi
  scratch=
done
[ -n "$scratch" ] || refuse 'there is no empty directory to hide a scratch file system over'
{ mount --make-rprivate / && mount -t tmpfs -o size=16m tmpfs "$scratch"; } 2>/dev/null ||
  refuse 'this login may not mount in a namespace of its own'
: >"$scratch/empty"
passes() { said=$("$binary" "$@" -t 2>&1 </dev/null); }
words() {
  printf '%s\\n' "$said" | grep -v -e AH00557 -e AH00558 -e AH00112 -e AH10073 -e '[:[]warn\\]' -e '[:[]notice\\]' | head -n 2 | tr '\\n\\t' '  '
}
# Of a file in a file Apache names both, the innermost last.
blame() {
  place=$(printf '%s\\n' "$said" | grep -v -e '[:[]warn\\]' | sed -n \\
    -e 's/.*Could not open configuration file \\(\\/[^:]*\\): No such file.*/0 \\1/p;t' \\
    -e 's/.*on line \\([0-9]*\\) of \\(\\/[^:]*\\):.*/\\1 \\2/p;t' \\
    -e 's/^[^:]*: \\(\\/[^:]*\\):\\([0-9]*\\): <.*/\\2 \\1/p;t' -e 's/^\\(\\/[^:]*\\):\\([0-9]*\\): <.*/\\2 \\1/p;t' \\
    -e 's/.* defined at \\(\\/[^:]*\\):\\([0-9]*\\).*/\\2 \\1/p' | head -n 1)
  line=\${place%% *} included=\${place#* }
  [ -n "$place" ] && file=$(readlink -f "$included") && [ -n "$file" ] || return
  there=missing
  if [ -f "$file" ]; then there=there; else [ "$line" = 0 ]; fi
}
# In a copy of its folder, which lies over the folder.
make_missing() {
  folder=\${file%/*}
  mkdir "$scratch/folder" && cp -a "$folder/." "$scratch/folder" && mount --bind "$scratch/folder" "$folder" && : >"$file"
} 2>/dev/null
versions() {
  for found in "$file"~ "$file".* "$file"-[0-9]* "$file"_[0-9]* "\${file%.*}".bak "\${file%.*}".old "\${file%.*}".orig "\${file%.*}".save; do
    case $found in
      *.dpkg-dist | *.dpkg-new | *.dpkg-tmp | *.ucf-dist | *.ucf-new | *.rpmnew | *.sw? | *.tmp | *.temp | *.part | *.lock | *.rej | *.new | *.disabled | *"$tab"* | *"$line_break"*) continue ;;
    esac
    [ -f "$found" ] && [ ! -L "$found" ] && [ -s "$found" ] && stat_of "$found" || continue
    case $bits in ????????w*) continue ;; ?????w*) [ "$gid" = 0 ] || continue ;; esac
    [ "$uid" = 0 ] || [ "$uid" = "$owner" ] || continue
    [ "$size" -le ${MOST_BYTES} ] || continue
    printf '%s\\t%s\\n' "$(date -r "$found" +%s)" "$found"
  done
  commits
}
commits() {
  command -v git >/dev/null 2>&1 && cd "\${file%/*}" || return 0
  top=$(git_history rev-parse --show-toplevel 2>/dev/null) && top=$(readlink -f "$top") || return 0
  git_history log -n 10 --format='%ct%x09%H' -- "$file" 2>/dev/null | while IFS=$tab read -r seconds commit; do
    printf '%s\\tgit:%s:%s\\n' "$seconds" "$commit" "\${file#"$top"/}"
  done
}
# What the version holds, as a file.
fetch() {
  case $1 in
    git:*) cd "\${file%/*}" && trial=$scratch/version && git_history cat-file blob "\${1#git:}" >"$trial" 2>/dev/null && [ -s "$trial" ] ;;
    *) trial=$1 ;;
  esac
}
seek() {
  set +f
  found=$(versions | sort -rn | head -n ${MOST_VERSIONS})
  seen=" $live "
  chosen=
  IFS=$line_break
  set -f
  for row in $found; do
    unset IFS
    seconds=\${row%%"$tab"*} version=\${row#*"$tab"}
    fetch "$version" && hash_of "$trial" || continue
    case $seen in *" $hash "*) continue ;; esac
    seen="$seen$hash "
    # From a copy, so that what is tested is what was hashed.
    number=$((number + 1)) sum=$hash
    cat "$trial" >"$scratch/$number" && hash_of "$scratch/$number" && [ "$hash" = "$sum" ] || continue
    mount --bind "$scratch/$number" "$file" || continue
    broken=$file
    if passes "$@" || { blame && [ "$file" != "$broken" ]; }; then chosen=yes; fi
    file=$broken
    if [ -n "$chosen" ]; then
      printf 'tried\\t%s\\t%s\\t%s\\tpass\\t\\n' "$version" "$seconds" "$sum"
      return
    fi
    printf 'tried\\t%s\\t%s\\t%s\\tfail\\t%s\\n' "$version" "$seconds" "$sum" "$(words)"
    umount "$file"
  done
  return 1
}
# By the time of its inode, which no copy takes over.
is_unchanged() { [ -n "$good" ] && changed=$(stat -c %Z "$file" 2>/dev/null) && [ "$changed" -lt "$good" ]; }
without() { if passes "$@"; then printf 'without\\tpass\\n'; else printf 'without\\tfail\\n'; fi; }
verdict=fail number=0 rounds=0 known=
while :; do
  if passes "$@"; then verdict=pass; break; fi
  [ "$rounds" -lt ${MOST_FILES} ] && blame || break
  case $known in *"$tab$file$tab"*) break ;; esac
  known="$known$tab$file$tab" rounds=$((rounds + 1))
  printf 'broken\\t%s\\t%s\\t%s\\t%s\\t%s\\n' "$file" "$included" "$line" "$there" "$(words)"
  if [ "$there" = missing ]; then
    ! make_missing || without "$@"
    break
  fi
  if is_unchanged; then printf 'unchanged\\n'; break; fi
  stat_of "$file" && owner=$uid && hash_of "$file" && live=$hash || break
  seek "$@" && continue
  # Without its main file no server is any good.
  [ "$file" = "$main" ] || { mount --bind "$scratch/empty" "$file" 2>/dev/null && without "$@"; }
  break
done
printf 'all\\t%s\\n' "$verdict"
`;

/**
 * For `apacheSurvey`, with the variable `former_test`, which is `FORMER_CONFIG_TEST_SH`. Section `former`: what that prints; its code is 64
 * where nothing can be tested, and its one line says why then.
 */
export const FORMER_CONFIG_SH = `
there_of "$lock_dir"; [ -z "$lock_dir" ] || APACHE_LOCK_DIR=$there
there_of "$run_dir"; [ -z "$run_dir" ] || APACHE_RUN_DIR=$there
last_good_start() {
  [ -d /run/systemd/system ] || return 0
  for name in $candidates; do
    entered=$(LC_ALL=C TZ=UTC systemctl show -p ActiveEnterTimestamp "$name.service")
    entered=\${entered#*=}
    [ -z "$entered" ] || date -u -d "$entered" +%s 2>/dev/null
  done | head -n 1
}
former() {
  [ -z "$environment_trouble" ] || { printf '%s\\n' "$environment_trouble"; return 64; }
  command -v unshare >/dev/null 2>&1 || { echo 'the host has no unshare'; return 64; }
  [ "$(id -u)" = 0 ] || { echo 'only root can test them out of sight: set become: true'; return 64; }
  unshare -m true 2>/dev/null || { echo 'unshare may not make a mount namespace here'; return 64; }
  told=$(unshare -m sh -c "$former_test" sh "$binary" "$main" "$(last_good_start)" "$@" 2>&1) || { printf '%s\\n' "$told" | tail -n 1; return 64; }
  printf '%s\\n' "$told"
}
section former former "$@"
`;
