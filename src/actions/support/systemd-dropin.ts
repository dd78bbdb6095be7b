const SUFFIX = /\.(?:service|socket|device|mount|automount|swap|target|path|timer|slice|scope)$/;

export function fullUnitName(unit: string): string {
  return SUFFIX.test(unit) ? unit : `${unit}.service`;
}

/** Where an administrator's drop-ins of the unit lie (systemd.unit(5)). */
export function dropinFolder(unit: string): string {
  return `/etc/systemd/system/${fullUnitName(unit)}.d`;
}

/**
 * For `fileChangeScript`: tests before anything is made ready that systemd knows `$unit`, and defines `confirm`, which has it read
 * `$dropin` and tests that it takes all of `$options` from there. Whatever the script puts back, systemd reads again.
 *
 * `systemd-analyze verify` also complains of what others wrote: only what it says of this file counts. Drop-ins are read in the order
 * in which `DropInPaths` names them.
 */
export const DROPIN_CONFIRM_SH = `
of_unit() { systemctl show --no-pager -p "$1" -- "$unit" 2>/dev/null | sed -n "s/^$1=//p"; }
load_state=$(of_unit LoadState)
case $load_state in
  loaded | masked) ;;
  '') refuse 'systemd does not answer' ;;
  *) refuse "systemd cannot load $unit: its state is $load_state" ;;
esac
complaint() {
  command -v systemd-analyze >/dev/null 2>&1 || return
  SYSTEMD_COLORS=0 systemd-analyze verify -- "$unit" 2>&1 </dev/null | grep -F -e "$dropin" | head -n 1
}
later() {
  later_seen=
  for later_file in $(of_unit DropInPaths); do
    if [ "$later_file" = "$dropin" ]; then later_seen=yes
    elif [ -n "$later_seen" ]; then
      for later_option in $options; do
        ! grep -q "^[[:space:]]*$later_option[[:space:]]*=" "$later_file" 2>/dev/null || { echo "$later_option $later_file"; return; }
      done
    fi
  done
  [ -n "$later_seen" ] || echo unread
}
confirm() {
  trap 'systemctl --no-ask-password daemon-reload' EXIT
  said=$(systemctl --no-ask-password daemon-reload 2>&1) || { objection="systemd could not read it: $said"; return 1; }
  said=$(complaint)
  [ -z "$said" ] || { objection="put back, for systemd says: $said"; return 1; }
  [ "$(of_unit LoadState)" = "$load_state" ] || { objection="put back, for systemd could not load $unit with it"; return 1; }
  said=$(later)
  case $said in
    '') trap - EXIT ;;
    unread) objection="put back, for systemd does not read $dropin"; return 1 ;;
    *) objection="put back, for \${said#* } is read later and sets \${said%% *} too: change it there"; return 1 ;;
  esac
}
`;
