import { SECTIONS } from './sections.ts';

/**
 * POSIX sh. Sets `manager` (`apt`, `dnf`, `yum`, `apk` or empty) and `cache`, its folder (empty: none). `cached` prints the size in blocks
 * and the size of a block of each file that `clean` may remove.
 */
const PACKAGE_CACHE_SH = `${SECTIONS}
manager= cache=
for entry in apt:apt-get dnf:dnf5 dnf:dnf yum:yum apk:apk; do
  command -v "\${entry#*:}" >/dev/null 2>&1 || continue
  manager=\${entry%%:*} program=\${entry#*:}
  break
done
configured() { apt-config shell value "$1" 2>/dev/null | sed -n "s/^value='\\(.*\\)'\\$/\\1/p"; }
sizes() { find "$@" -type f -exec stat -c '%b %B' {} + 2>/dev/null; }
case $manager in
  apt)
    cache=$(configured Dir::Cache::archives/d)
    cache=\${cache:-/var/cache/apt/archives}
    cached() {
      [ ! -d "$cache" ] || sizes "$cache/" -name '*.deb'
      [ ! -d "$cache/partial" ] || sizes "$cache/partial/" ! -name '*.deb'
      for kind in pkgcache srcpkgcache; do
        file=$(configured "Dir::Cache::$kind/f")
        [ ! -f "$file" ] || sizes "$file"
      done
    }
    ;;
  dnf | yum)
    for cache in "/var/cache/lib$program" "/var/cache/$manager"; do [ ! -d "$cache" ] || break; done
    cached() { sizes "$cache/" -name '*.rpm'; }
    ;;
  apk)
    cache=/etc/apk/cache
    cached() { sizes "$cache/" -name '*.apk'; }
    ;;
esac
[ -d "$cache" ] || cache=
cached_bytes() {
  if [ -n "$cache" ]; then cached; fi | awk '{ sum += $1 * $2 } END { printf "%.0f\\n", sum }'
}
`;

/** Sections `mounts`, and `cache`: the manager, its folder free of links, and bytes. */
export const PACKAGE_CACHE_USAGE_SH = `${PACKAGE_CACHE_SH}
tell() {
  printf '%s\\n' "$manager"
  [ -z "$cache" ] && echo / || (cd -P "$cache" && pwd -P)
  cached_bytes
}
section mounts cat /proc/self/mountinfo
section cache tell
sections_end
`;

/** Sections `before` and `after` (bytes) and `clean`, what the manager said. Code 71, with a line on stderr: it is at work; nothing was removed. */
export const PACKAGE_CACHE_CLEAN_SH = `${PACKAGE_CACHE_SH}
at_work() { printf 'runbook: %s\\n' "$1" >&2; exit 71; }
locked() {
  for file; do
    inode=$(stat -L -c %i "$file" 2>/dev/null) || continue
    holder=$(awk -v inode=":$inode" '
      { for (i = 5; i < NF; i++) if (substr($(i + 1), length($(i + 1)) - length(inode) + 1) == inode) { print $i; exit } }
    ' /proc/locks 2>/dev/null)
    [ -z "$holder" ] || at_work "$manager is at work (pid $holder holds $file)"
  done
}
of_process() {
  for file; do
    { read -r pid rest <"$file"; } 2>/dev/null || continue
    case $pid in '' | *[!0-9]*) continue ;; esac
    [ ! -d "/proc/$pid" ] || at_work "$manager is at work (pid $pid, says $file)"
  done
}
clean() {
  case $manager in
    apt) apt-get clean ;;
    apk) apk cache clean ;;
    *) "$program" -y clean packages ;;
  esac
}
section before cached_bytes
if [ "$section_text" != 0 ]; then
  case $manager in
    apt) locked /var/lib/dpkg/lock-frontend /var/lib/dpkg/lock "$cache/lock" ;;
    apk) locked /lib/apk/db/lock /run/apk/lock ;;
    *)
      of_process /var/cache/dnf/*_lock.pid /run/yum.pid /var/run/yum.pid
      locked /var/lib/rpm/.rpm.lock /usr/lib/sysimage/rpm/.rpm.lock
      ;;
  esac
  section_all clean clean
fi
section after cached_bytes
sections_end
`;
