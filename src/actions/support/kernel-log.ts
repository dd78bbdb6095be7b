/**
 * POSIX sh. `journal_format`: the finest one journalctl knows. `kernel_log SINCE` prints the kernel's messages since then (seconds), from
 * the journal of all boots if it keeps any (in most containers, and with `ReadKMsg=no`, it does not), else from `dmesg`, else from
 * `/var/log/kern.log`. Fails with a sentence on stdout when none can be read.
 * `journal_blind` succeeds when this user sees only a part of the journal.
 */
export const KERNEL_LOG_SH = `
journal_format=
if command -v journalctl >/dev/null 2>&1; then
  journal_format=short-iso
  journalctl -n 0 -o short-iso-precise >/dev/null 2>&1 && journal_format=short-iso-precise
fi
journal_blind() {
  [ "$(id -u)" != 0 ] && journalctl -n 1 2>&1 >/dev/null | grep -q 'not seeing messages'
}
journal_keeps_kernel() {
  [ -d /run/systemd/system ] && [ -n "$journal_format" ] && ! journal_blind &&
    [ -n "$(journalctl -q --no-pager -n 1 -o cat _TRANSPORT=kernel 2>/dev/null)" ]
}
# What is told by the time since the host's start may be minutes off. Without such times, or without awk, all of it is told.
younger() {
  command -v awk >/dev/null 2>&1 && read -r uptime rest </proc/uptime || { cat; return; }
  awk -v from="$(($1 - $(date +%s) + \${uptime%%.*} - 300))" '
    BEGIN { kept = 1 }
    /^(<[0-9]+>)?\\[ *[0-9]+\\./ { at = $0; sub(/^[^[]*\\[ */, "", at); kept = (at + 0 >= from + 0) }
    kept'
}
kernel_log() {
  if journal_keeps_kernel; then
    journalctl -a --no-pager -o "$journal_format" --since "@$1" _TRANSPORT=kernel
  elif kernel_ring=$(dmesg 2>/dev/null); then
    printf '%s\\n' "$kernel_ring" | younger "$1"
  elif [ -r /var/log/kern.log ]; then
    cat /var/log/kern.log
  else
    echo "the kernel's messages cannot be read by this user"
    return 3
  fi
}
`;
