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
kernel_log() {
  if journal_keeps_kernel; then
    journalctl -a --no-pager -o "$journal_format" --since "@$1" _TRANSPORT=kernel
  elif dmesg 2>/dev/null; then
    :
  elif [ -r /var/log/kern.log ]; then
    cat /var/log/kern.log
  else
    echo "the kernel's messages cannot be read by this user"
    return 3
  fi
}
`;
