import { UNTOUCHED } from '../../model/action.ts';
import { FILE_KEEP_SH } from './file-keep.ts';
import { FILE_PATH_SH } from './file-path.ts';
import { FILE_PUT_BACK_SH } from './file-put-back.ts';

/*
 * `refuse` undoes all that this script did so far. It runs once: what fails in it is said, with the code of a change that may have
 * left a part done.
 */
const REFUSE = `
staged=0 committed=0
refuse() {
  trap '' HUP INT TERM
  refusal=$1
  refuse() { printf '%s; and %s\\n' "$refusal" "$1" >&2; exit 1; }
  while [ "$staged" -gt 0 ]; do
    staged=$((staged - 1))
    load "$staged"
    if [ "$staged" -lt "$committed" ]; then put_back "$path" "$before" "$after" "$kept" "$temp" || refuse "$verdict"
    else
      [ -z "$temp" ] || (enter "$path" && rm -rf "./$temp") 2>/dev/null
      forget_original "$before"
    fi
  done
  printf '%s\\n' "$refusal" >&2
  exit ${UNTOUCHED}
}
trap 'refuse "interrupted before anything was changed"' HUP INT TERM
attempt() {
  attempted=$1
  shift
  said=$("$@" 2>&1) || refuse "$attempted: $(because "$said")"
}
because() {
  last_line=\${1##*"$line_break"}
  case $me:\${last_line##*: } in
    '0:Operation not permitted') printf %s 'operation not permitted (lsattr tells whether it is immutable)' ;;
    *:'Device or resource busy') printf %s 'device or resource busy (is it a mount of its own?)' ;;
    *:) printf %s 'it failed without a word' ;;
    *) printf %s "\${last_line##*: }" ;;
  esac
}
load() {
  for field in kind path seen before after kept temp head form middle tail to_mode to_uid to_gid target validated; do
    eval "$field=\\\${file\${1}_$field-}"
  done
}
`;

const WRITE = `
as_seen() {
  [ "$seen" != absent ] || { [ ! -e "./$name" ] && [ ! -L "./$name" ]; return; }
  stat_of "./$name" || return
  case $bits in
    -*) now="file $inode $mode $uid $gid $size" ;;
    d*) now="directory $inode $mode $uid $gid" ;;
    l*) now="link $inode $(readlink "./$name")" ;;
    *) now=other ;;
  esac
  [ "$now" = "$seen" ]
}
still() { as_seen || refuse "$path changed since it was looked at"; }
go_there() {
  enter "$path" || refuse "there is no directory $(pwd -P)/$part"
  still
}
go_back() { [ "$files" = 1 ] || enter "$path" || refuse "there is no directory $(pwd -P)/$part any more"; still; }
content() {
  [ "$head" = 0 ] || head -c "$head" "$kept" || return
  printf "$form" "$middle" || return
  [ -z "$tail" ] || tail -c "+$tail" "$kept"
}
# Through cat, for its words: a shell's own say nothing of a full disk.
write_content() { content | cat >"./$name"; }
copy_whole() { cp -a "$1" "$2" 2>/dev/null || cp -p "$1" "$2"; }
own() {
  [ -z "$to_uid$to_gid" ] || chown "$to_uid\${to_gid:+:$to_gid}" "./$name" || return
  chmod "$to_mode" "./$name"
}
mark_of() { mark=\${bits#??????????}; }
validate() { (trap - HUP INT TERM; cd / && exec "$@"); }
stage_write() {
  go_there
  [ -z "$kept" ] || [ "$me" = 0 ] || [ "$uid" = "$me" ] || refuse "$path belongs to user $uid: only that user and root can replace it"
  [ -z "$kept" ] || keep_original
  rm -rf "./$temp"
  attempt "cannot write beside $path" mkdir -m 700 "./$temp"
  cd -P "./$temp" && stat_of . && [ "$uid" = "$me" ] || refuse "the folders of $path are being changed"
  [ -z "$kept" ] || attempt "cannot copy $path" copy_whole "$kept" "./$name"
  attempt "cannot write the new $path" write_content
  hash_of "./$name" && [ "file $hash" = "$after" ] || refuse "the new $path was not written as it was meant: is the disk full?"
  attempt "cannot give the new $path its owner and mode" own
  stat_of "./$name"
  [ "$mode" = "$to_mode" ] && [ "\${to_uid:-$uid}:\${to_gid:-$gid}" = "$uid:$gid" ] ||
    refuse "the new $path has mode $mode and owner $uid:$gid, not what it should have"
  if [ -n "$kept" ]; then
    mark_of; new_mark=$mark
    stat_of "$kept"; mark_of
    [ "$mark" = "$new_mark" ] || refuse "the access list of $path cannot be kept with the tools of this host"
  fi
  attempt "cannot write the new $path" durable "./$name"
  if [ -n "$validated" ]; then
    command -v "$1" >/dev/null 2>&1 || refuse "the new $path cannot be tested: the host has no $1"
    chmod 711 .
    said=$(validate "$@" 2>&1) || {
      refused="exit code $?" said=\${said%%"$line_break"*}
      refuse "the new $path was refused by $1: \${said:-$refused}"
    }
  fi
  cd -P ..
}
commit_write() {
  go_back
  [ -z "$kept" ] || as_kept || refuse "$path changed since it was looked at"
  if [ "$seen" = absent ] && ln "./$temp/$name" "./$name" 2>/dev/null; then rm -f "./$temp/$name"
  else
    still
    attempt "cannot replace $path" mv -f "./$temp/$name" "./$name"
  fi
  sync . 2>/dev/null
  rmdir "./$temp"
}
`;

const OTHERS = `
stage_metadata() { go_there; }
commit_metadata() {
  go_back
  said=$(set_metadata "$name" "$to_mode" "$to_uid" "$to_gid") && is_state "$after" || {
    set -- $before
    set_metadata "$name" "$2" "$3" "$4" >/dev/null
    refuse "cannot set owner and mode of $path: $(because "$said")"
  }
}
stage_remove() { go_there; [ -z "$kept" ] || keep_original; }
commit_remove() {
  go_back
  case $seen in directory*) attempt "cannot remove $path" rmdir "./$name" ;; *) attempt "cannot remove $path" rm -f "./$name" ;; esac
  sync . 2>/dev/null
}
stage_directory() { :; }
commit_directory() {
  go_there
  attempt "cannot make $path" mkdir -m 700 "./$name"
  said=$(set_metadata "$name" "$to_mode" "$to_uid" "$to_gid") || {
    rmdir "./$name"
    refuse "cannot set owner and mode of $path: $(because "$said")"
  }
  sync . 2>/dev/null
}
stage_link() { go_there; }
commit_link() {
  go_back
  case $seen in
    absent) attempt "cannot make the link $path" ln -s -- "$target" "./$name" ;;
    *) attempt "cannot change the link $path" ln -sfn -- "$target" "./$name" ;;
  esac
  sync . 2>/dev/null
}
`;

const MAIN = `
index=0
while [ "$index" -lt "$files" ]; do
  load "$index"
  [ "$kind" = directory ] || break
  staged=$((index + 1))
  commit_directory
  index=$staged committed=$staged
done
while [ "$index" -lt "$files" ]; do
  staged=$((index + 1))
  load "$index"
  "stage_$kind" "$@"
  index=$staged
done
trap '' HUP INT TERM
index=$committed
while [ "$index" -lt "$files" ]; do
  load "$index"
  "commit_$kind"
  index=$((index + 1)) committed=$index
done
confirm || refuse "$objection"
`;

/**
 * Makes `$files` changes, each described by variables `fileN_...`: all are made ready and validated by the command `"$@"` before the
 * first is put in place, except that directories which come first are made before that. `confirm` is shell source that defines a
 * function of that name. It runs when all are in place; when it returns another code than 0, with `$objection` in words, all are put back.
 */
export function fileChangeScript(confirm = 'confirm() { :; }'): string {
  return [REFUSE, FILE_PATH_SH, FILE_PUT_BACK_SH, FILE_KEEP_SH, WRITE, OTHERS, `\n${confirm}\n`, MAIN].join('');
}
