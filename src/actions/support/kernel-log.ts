/**
 * POSIX sh. `journal_format`: the finest one journalctl knows. `kernel_log SINCE` prints the kernel's messages since then (seconds), from
 * the journal of all boots, else from `dmesg`, else from `/var/log/kern.log`. Fails with a sentence on stdout when none can be read.
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
kernel_log() {
  if [ -d /run/systemd/system ] && [ -n "$journal_format" ] && ! journal_blind; then
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
