/*
 * What became of a change, by its claim. Prints lines "NAME VALUE"; `state` is "absent" (with the epoch that made the folder of the run),
 * "ended", "restarted", "runs", "outlived" or "left": it has no end, and nothing lives that could say how it ended. Arguments: nonce, run, step.attempt.
 */
const SETTLE = `
rb_settle() {
  rb_begin "$1"
  rb_say_claim "$2" "$3"
  rb_mark "$1:end:0:"
}
rb_say_claim() {
  rb_dir=$rb_ledger/$1/$2
  if [ ! -d "$rb_dir" ]; then rb_read_epoch "$1"; echo "state absent"; echo "from $rb_from"; return; fi
  if rb_ended "$rb_dir"; then
    echo "state ended"
    cat "$rb_dir/claim" 2>/dev/null
    echo "rc $rb_ended_rc"; echo "ended $rb_ended_up"
    return
  fi
  rb_read_claim "$rb_dir"
  if [ "$rb_c_boot" != "$rb_boot" ]; then echo 'state restarted'
  elif rb_runs "$rb_dir"; then echo "state runs"; echo "pid $rb_c_pid"; return
  elif rb_outlives; then echo "state outlived"; echo "pid $rb_c_pid"; return
  else echo "state left"; fi
  rb_settled="$rb_settled $2"
}
`;

/* The first process of the step is gone, and others that it started are not. */
const OUTLIVES = `
rb_outlives() {
  [ -n "$rb_c_mark" ] || return
  rb_root=\${rb_c_pid:-none} rb_sids=\${rb_c_pid:-none} rb_sign=LC_RUNBOOK_STEP=$rb_c_mark rb_found=
  rb_spare
  rb_find || return
  set -- $rb_found
  rb_c_pid=\${1%%:*}
}
`;

/*
 * What was kept of one stream: its beginning on stdout, and on stderr its last two chunks at most, of which the older one may be cut.
 * The end says how many chunks were dropped in between, and how many bytes of those after the beginning were kept.
 * Arguments: nonce, run, step.attempt, stream.
 */
const KEPT = `
rb_kept() {
  rb_begin "$1"
  rb_stream=$rb_ledger/$2/$3/$4 rb_dropped=0 rb_size=0
  {
    cat "$rb_stream"
    if [ -e "$rb_stream.dropped" ]; then read -r rb_dropped <"$rb_stream.dropped"; fi
  } 2>/dev/null
  if [ -e "$rb_stream.next" ] || [ -e "$rb_stream.tail" ]; then
    rb_size=$(($(rb_chunks | wc -c)))
    rb_chunks | tail -c ${2 * 1024 * 1024} >&2
  fi
  rb_mark "$1:end:$rb_dropped:$rb_size"
}
rb_chunks() { cat "$rb_stream.before" "$rb_stream.tail" "$rb_stream.next" 2>/dev/null; }
`;

export const SETTLE_SOURCE = SETTLE + OUTLIVES + KEPT;
