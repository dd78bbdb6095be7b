/**
 * Shell functions that find a file without being led astray, to be put in front of a script that defines `refuse WORDS`, which ends it.
 *
 * `enter PATH` goes to the folder of an absolute path and sets `$name` to its last part. All later work is relative to that folder,
 * so that a folder on the way that is swapped for another does not matter. Links on the way must belong to root or to us, and no
 * folder may be one in which every user can replace what is not his. It returns 1 when a folder is missing: `$part`, in the working
 * directory; `$rest` comes after it.
 * `follow_name` goes on from a link to a file in the same folder, and refuses any other.
 * `stat_of FILE` sets `$inode $bits $mode $uid $gid $size` as `ls -lnid` has them, with `$mode` in four octal digits; 1 when there is none.
 * `hash_of FILE` sets `$hash`, its SHA-256; 1 when it cannot be read.
 */
export const FILE_PATH_SH = `
set -f
me=$(id -u)
line_break='
'
if command -v sha256sum >/dev/null 2>&1; then
  hash_of() { hash=$(sha256sum <"$1" 2>/dev/null) && hash=\${hash%% *}; }
elif command -v openssl >/dev/null 2>&1; then
  hash_of() { hash=$(openssl dgst -sha256 <"$1" 2>/dev/null) && hash=\${hash##* }; }
elif command -v shasum >/dev/null 2>&1; then
  hash_of() { hash=$(shasum -a 256 <"$1" 2>/dev/null) && hash=\${hash%% *}; }
else
  refuse 'nothing here computes a SHA-256: install coreutils or openssl'
fi
stat_of() {
  listed=$(ls -lnid -- "$1" 2>&1) || {
    case $listed in *'No such file'*) return 1 ;; esac
    refuse "cannot look at $path: \${listed##*: }"
  }
  set -- $listed
  inode=$1 bits=$2 uid=$4 gid=$5 size=$6
  mode=0 letters=\${bits#?}
  for bit in 256 128 64 32 16 8 4 2 1; do
    letter=\${letters%"\${letters#?}"} letters=\${letters#?}
    case $letter in [!-ST]) mode=$((mode + bit)) ;; esac
    case $bit$letter in 64[sS]) mode=$((mode + 2048)) ;; 8[sS]) mode=$((mode + 1024)) ;; 1[tT]) mode=$((mode + 512)) ;; esac
  done
  mode=$(printf %04o "$mode")
}
ours() { [ "$uid" = 0 ] || [ "$uid" = "$me" ]; }
settle() {
  here=$inode shared='' alone=''
  case $bits in
    ????????w[tT]*) shared=yes ;;
    ????????w*) refuse "$path is not safe: every user may write to $(pwd -P)" ;;
    ?????w*) ;;
    *) ! ours || alone=yes ;;
  esac
}
descend() {
  came_from=$here was_alone=$alone
  cd -P "./$1" 2>/dev/null || refuse "cannot enter $(pwd -P)/$1"
  settle
  [ -n "$was_alone" ] || { stat_of .. && [ "$inode" = "$came_from" ]; } || refuse "the folders of $path are being changed"
}
target_of() {
  target=$(readlink "$1" && echo .) || refuse "cannot read the link $1"
  target=\${target%"$line_break".}
  hops=$((hops + 1))
  [ "$hops" -le 20 ] || refuse "$path leads through too many links"
  ours || refuse "$path is not safe: its link $1 belongs to user $uid"
}
enter() {
  path=$1 rest=$1 hops=0
  cd -P / && stat_of . && settle
  while :; do
    case $rest in
      /*) rest=\${rest#/}; continue ;;
      */*) part=\${rest%%/*} rest=\${rest#*/} ;;
      *) name=$rest; break ;;
    esac
    case $part in
      .) continue ;;
      ..) cd -P .. && stat_of . && settle; continue ;;
    esac
    stat_of "./$part" || return 1
    [ -z "$shared" ] || ours || refuse "$path is not safe: $(pwd -P)/$part belongs to user $uid"
    case $bits in
      l*)
        target_of "./$part"
        case $target in /*) cd -P / && stat_of . && settle ;; esac
        rest=$target/$rest
        ;;
      d*) descend "$part" ;;
      *) refuse "$(pwd -P)/$part is no directory" ;;
    esac
  done
  case $name in '' | . | ..) refuse "$path does not name a file" ;; esac
}
follow_name() {
  while [ -L "./$name" ] && stat_of "./$name"; do
    target_of "./$name"
    target=\${target#./}
    case $target in '' | . | .. | */*) refuse "$path is a link to $target: name that file instead" ;; esac
    name=$target
  done
}
`;
