/** Originals that are copied because they lie on another file system than the store must not be larger. */
const MAX_COPIED_BYTES = 64 * 1024 * 1024;

/**
 * Shell functions that keep the original of `./$name` as `$kept`; they need `FILE_PATH_SH`.
 * A second name for its inode keeps all of it (bytes, owner, access lists, labels, times) and costs nothing; where there can be
 * none, it is a copy with everything that the host can copy. What is older than a week is removed.
 */
export const FILE_KEEP_SH = `
keep_original() {
  kept_folder=\${kept%/*} store=\${kept%/*/*}
  [ -d "$store" ] || (umask 077 && mkdir -p "$store") 2>/dev/null ||
    refuse "cannot make $store, where the original would be kept: is the disk full or read-only?"
  set -- $(ls -ldn "$store")
  case $1:$3 in d???--[-S]---*:$me) ;; *) refuse "$store is not safe to keep the original in: it has mode $1 and owner $3" ;; esac
  find "$store" -mindepth 1 -maxdepth 1 -type d -mtime +7 -exec rm -rf {} + 2>/dev/null
  if [ "$kept" -ef "./$name" ] && [ ! -L "$kept" ]; then
    touch "$kept_folder"
  else
    rm -rf "$kept_folder"
    attempt "cannot keep the original of $path in $store" mkdir -m 700 "$kept_folder"
    ln "./$name" "$kept" 2>/dev/null || copy_original
  fi
  [ -f "$kept" ] && [ ! -L "$kept" ] && as_kept || { rm -rf "$kept_folder"; refuse "$path changed since it was looked at"; }
}
copy_original() {
  [ "$size" -le ${MAX_COPIED_BYTES} ] ||
    refuse "$path is too large to keep its original: $size bytes, and $store is on another file system"
  attempt "cannot keep the original of $path in $store" copy_whole "./$name" "$kept"
  attempt "cannot keep the original of $path in $store" durable "$kept"
}
as_kept() {
  case $before in 'file '*) hash_of "$kept" && [ "$hash" = "\${before#file }" ] ;; esac
}
`;
