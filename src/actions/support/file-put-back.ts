import { FILE_PATH_SH } from './file-path.ts';

/**
 * Shell functions that put one file back; they need `FILE_PATH_SH`.
 *
 * `put_back PATH BEFORE AFTER KEPT TEMP` brings a file that is in the state AFTER back to BEFORE and returns 0 with `$verdict`
 * `restored`, or `same` when it is there already; else it changes nothing, or as little as it can, and returns 1 with `$verdict`
 * in words. The states:
 *
 * - `absent`
 * - `file SHA256`, restored from KEPT: by its very inode where that is possible
 * - `file`: any, the same as KEPT
 * - `file MODE UID GID`, `directory MODE UID GID`: the metadata alone
 * - `directory`: any
 * - `link TARGET`
 *
 * TEMP is the hidden folder beside the file in which a change is made ready; what a killed one left there is removed.
 *
 * `forget_original` removes what is kept of a file that is back: its second name would show as a link of the file, for ever. A state
 * `file` cannot be told without it, so that one stays.
 */
export const FILE_PUT_BACK_SH = `
is_state() {
  case $1 in
    absent) [ ! -e "./$name" ] && [ ! -L "./$name" ]; return ;;
    link' '*) [ -L "./$name" ] && [ "$(readlink "./$name")" = "\${1#link }" ]; return ;;
  esac
  [ ! -L "./$name" ] && stat_of "./$name" || return
  case $1 in
    directory*) [ -d "./$name" ] || return ;;
    *) [ -f "./$name" ] || return ;;
  esac
  case $1 in
    file) [ "./$name" -ef "$kept" ] || cmp -s "./$name" "$kept" ;;
    directory) ;;
    *' '*' '*' '*) [ "\${1#* }" = "$mode $uid $gid" ] ;;
    *) hash_of "./$name" && [ "$hash" = "\${1#* }" ] ;;
  esac
}
set_metadata() {
  # A file that others can swap is changed through a descriptor: chmod follows links.
  exact=./$1
  if [ -z "$alone" ]; then
    stat_of "./$1" && wanted_inode=$inode && exec 3<"./$1" && exact=/dev/fd/3 || return
    set -- "$1" "$2" "$3" "$4" $(ls -lniLd /dev/fd/3 2>/dev/null)
    [ "\${5-}" = "$wanted_inode" ] || { exec 3<&-; echo "$1 is being replaced right now"; return 1; }
  fi
  set_code=0
  { [ -z "$3$4" ] || chown "$3\${4:+:$4}" "$exact"; } 2>&1 || set_code=1
  # Numbers leave these bits of a directory alone.
  { [ -z "$2" ] || [ "$set_code" -ne 0 ] || { { [ ! -d "./$1" ] || chmod u-s,g-s "$exact"; } && chmod "$2" "$exact"; }; } 2>&1 || set_code=1
  [ -n "$alone" ] || exec 3<&-
  return "$set_code"
}
durable() { sync "$1" 2>&1; }
put_back() {
  back_before=$2 back_after=$3 kept=$4 temp=$5
  enter "$1" || { verdict="there is no directory $(pwd -P)/$part any more"; [ "$back_before" != absent ] || verdict=same; [ "$verdict" = same ]; return; }
  [ -z "$temp" ] || rm -rf "./$temp"
  if is_state "$back_before"; then forget_original "$back_before"; verdict=same; return 0; fi
  is_state "$back_after" || {
    verdict="$1 was changed by somebody else since: it is left as it is"
    [ -z "$kept" ] || verdict="$verdict; its former content is in $kept"
    return 1
  }
  said=$(restore_file 2>&1) || { verdict="$1 was not put back: \${said##*: }"; return 1; }
  sync . 2>/dev/null
  verdict=restored
  is_state "$back_before" || { verdict="$1 is not as it was"; return 1; }
  forget_original "$back_before"
}
forget_original() {
  case $kept:$1 in
    :* | *:file) ;;
    *) rm -f "$kept"; rmdir "\${kept%/*}" ;;
  esac 2>/dev/null
}
restore_file() {
  case $back_before in
    absent) if [ -d "./$name" ] && [ ! -L "./$name" ]; then rmdir "./$name"; else rm -f "./$name"; fi ;;
    link' '*) ln -sfn -- "\${back_before#link }" "./$name" ;;
    directory) mkdir "./$name" ;;
    *' '*' '*' '*)
      set -- $back_before
      [ "$1" = file ] || [ -e "./$name" ] || mkdir -m 700 "./$name" || return
      set_metadata "$name" "$2" "$3" "$4"
      ;;
    *) restore_inode ;;
  esac
}
restore_inode() {
  [ -f "$kept" ] && [ ! -L "$kept" ] || { echo "the original that was kept is gone: $kept"; return 1; }
  case $back_before in 'file '*) hash_of "$kept" && [ "$hash" = "\${back_before#file }" ] || { echo "the original that was kept has changed: $kept"; return 1; } ;; esac
  mkdir -m 700 "./$temp" || return
  if ln "$kept" "./$temp/$name" 2>/dev/null ||
    { cp -a "$kept" "./$temp/$name" 2>/dev/null || cp -p "$kept" "./$temp/$name"; } && durable "./$temp/$name" &&
      mv -f "./$temp/$name" "./$name"; then rmdir "./$temp"
  else back_code=$?; rm -rf "./$temp"; return "$back_code"; fi
}
`;

/**
 * `put_back` with `$file_path $file_before $file_after $file_kept $file_temp`. Prints the verdict; code 1 with it on stderr otherwise. With
 * `$file_lenient` a file that is in neither state stays, and the verdict is `replaced`.
 */
export const FILE_RESTORE_SH = `
refuse() { printf '%s\\n' "$1" >&2; exit 1; }
${FILE_PATH_SH}${FILE_PUT_BACK_SH}
is_replaced() { kept=$file_kept; enter "$file_path" && [ -e "./$name" ] && ! is_state "$file_before" && ! is_state "$file_after"; }
if [ -n "$file_lenient" ] && is_replaced; then echo replaced
elif put_back "$file_path" "$file_before" "$file_after" "$file_kept" "$file_temp"; then echo "$verdict"; else refuse "$verdict"; fi
`;
