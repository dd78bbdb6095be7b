import { lookText, type UnitManager } from './look-at-unit.ts';
import { SECTIONS } from './sections.ts';
import { START_LIMIT } from './systemd-unit.ts';

/**
 * Brings a unit to `$runbook_state` and `$runbook_enabled` (empty: as it is), after the command `"$@"` that must agree.
 * Sections: check, daemon_reload, before, enable, failure, reset, act, again, after, journal, and those of `look`; those of what
 * was not done are not there. `failure` is what the journal says of the failed state that `reset` clears, read before that;
 * `again` is the second try of a start that was one too many. It ends early, with code 1, when nothing may be done or something failed.
 */
export function serviceScript(manager: UnitManager): string {
  return `${SECTIONS}${lookText(manager)}${manager === 'systemd' ? SYSTEMD : INIT_SCRIPTS}${CHANGE}`;
}

const SYSTEMD = `
possible() {
  [ "$unit_code" -eq 0 ] && [ "$unit_load" != not-found ] || return
  [ "$unit_load" != masked ] || [ "$runbook_state" = stopped ]
}
enabled_now() {
  case $unit_enabled in enabled | enabled-runtime | alias | generated) echo true ;; *) echo false ;; esac
}
enable() {
  if [ "$1" = true ]; then systemctl --no-ask-password --quiet enable -- "$unit_id"
  else systemctl --no-ask-password --quiet disable -- "$unit_id"; fi
}
is_up() { case $unit_active in active | reloading | refreshing) return 0 ;; *) return 1 ;; esac }
is_down() { [ "$unit_active" = inactive ] || [ "$unit_active" = failed ]; }
has_failed() { [ "$unit_active" = failed ]; }
clear_failure() { systemctl --no-ask-password reset-failed -- "$unit_id"; }
look_at_failure() { section failure journal_of "$unit_id" -b -n 40; }
perform() { section_all "$2" systemctl --no-ask-password "$1" -- "$unit_id"; }
# The limit counts starts that went well, too. It is no reason to leave down what was up a moment ago.
was_limited() {
  [ "$section_code" -ne 0 ] || return
  [ "$(systemctl show --no-pager -p Result -- "$unit_id")" = Result=start-limit-hit ] ||
    journal_of "$unit_id" --since "@$began" -n 20 | grep -q '${START_LIMIT}'
}
settle() {
  # A start of these types says nothing about the program: give it the time to read its configuration and give up.
  case $1:$unit_type in stop:*) ;; *:simple | *:exec | *:idle) sleep 1 ;; esac
  settle_left=30
  while [ "$settle_left" -gt 0 ]; do
    unit_properties=$(systemctl show --no-pager -p ActiveState,SubState -- "$unit_id" 2>/dev/null)
    case $(property ActiveState):$(property SubState) in
      *:auto-restart*) return ;;
      activating:* | deactivating:* | reloading:*) sleep 1 ;;
      *) return ;;
    esac
    settle_left=$((settle_left - 1))
  done
}
# A line may have 48 KiB, and of an answer that is too long the middle is lost.
journal_of() {
  journal_unit=$1; shift
  ! command -v journalctl >/dev/null 2>&1 || journalctl -q --no-pager -o cat "$@" -u "$journal_unit" 2>/dev/null | cut -c -2000
}
last_words() { section journal journal_of "\${unit_need:-$unit_id}" --since "@$began" -n 20; }
reload_manager() { systemctl --no-ask-password daemon-reload; }
`;

const INIT_SCRIPTS = `
unit_id=$runbook_name
possible() { [ -f "/etc/init.d/$unit_id" ] && [ "$unit_active" != unknown ]; }
enabled_now() { if [ "$unit_enabled" = yes ]; then echo true; else echo false; fi; }
enable() {
  if [ "$runbook_init" = openrc ]; then
    if [ "$1" = true ]; then rc-update add "$unit_id" default; return; fi
    for enable_link in /etc/runlevels/*/"$unit_id"; do
      [ ! -e "$enable_link" ] || { enable_level=\${enable_link%/*}; rc-update del "$unit_id" "\${enable_level##*/}" || return; }
    done
  elif command -v update-rc.d >/dev/null 2>&1; then
    if [ "$1" = true ]; then update-rc.d "$unit_id" defaults && update-rc.d "$unit_id" enable
    else update-rc.d "$unit_id" disable; fi
  else
    if [ "$1" = true ]; then chkconfig "$unit_id" on; else chkconfig "$unit_id" off; fi
  fi
}
is_up() { [ "$unit_active" = active ]; }
is_down() { [ "$unit_active" = inactive ] || [ "$unit_active" = failed ]; }
has_failed() { [ "$unit_crashed" = yes ]; }
look_at_failure() { :; }
clear_failure() { rc-service "$unit_id" zap; }
# A daemon may keep the output of its init script for ever: what would be read to its end must not be that.
perform() { section "$2" perform_apart "$1"; }
was_limited() { return 1; }
perform_apart() { act "$unit_id" "$1" >&2; }
settle() {
  # A script may well end before what it started answers to its status; one that failed says so at once.
  if [ "$act_code" -eq 0 ]; then settle_left=30; else settle_left=1; fi
  while [ "$settle_left" -gt 0 ]; do
    act "$unit_id" status >/dev/null 2>&1; settle_code=$?
    case $1:$settle_code in stop:0) ;; stop:*) return ;; *:0) return ;; esac
    sleep 1; settle_left=$((settle_left - 1))
  done
}
last_words() { :; }
reload_manager() { :; }
`;

const CHANGE = `
finish() { sections_end; exit "$1"; }
check() { exec "$@"; }
do_act() {
  acted=$1
  if has_failed; then look_at_failure; section_all reset clear_failure; fi
  perform "$1" act
  act_code=$section_code
  if was_limited && ! has_failed; then
    look_at_failure; section_all reset clear_failure
    perform "$1" again
    act_code=$section_code
  fi
}
began=$(date +%s)
if [ $# -gt 0 ]; then
  section_all check check "$@"
  [ "$section_code" -eq 0 ] || finish 1
fi
if [ "$runbook_daemon_reload" = true ]; then
  section_all daemon_reload reload_manager
  [ "$section_code" -eq 0 ] || finish 1
fi
look before "$runbook_name"
possible || finish 1
[ "$runbook_state" != reloaded ] || is_up || finish 1
if [ -n "$runbook_enabled" ] && [ "$(enabled_now)" != "$runbook_enabled" ]; then
  section_all enable enable "$runbook_enabled"
  [ "$section_code" -eq 0 ] || finish 1
fi
acted=''
case $runbook_state in
  started) is_up || do_act start ;;
  stopped) is_down || do_act stop ;;
  restarted) do_act restart ;;
  reloaded) do_act reload ;;
esac
if [ -n "$acted" ]; then settle "$acted"; else act_code=0; fi
look after "$unit_id"
case $acted in
  '') ;;
  stop) is_down || act_code=1 ;;
  *) is_up || act_code=1 ;;
esac
[ "$act_code" -eq 0 ] || last_words
finish 0
`;
