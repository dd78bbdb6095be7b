import { SECTIONS } from './sections.ts';

/**
 * Variables: `offset_ms` (the host is ahead by so much), `clock_set` (seconds since 1970 of the boot, by the clock that was measured)
 * and `too_far` (why nothing may be done; else empty). The section `done` says who made the step: `chrony`, `date` or `none`.
 *
 * The time is written as seconds with six digits. A `date` that does not take parts of a second is given the whole second that is nearest.
 */
export const CLOCK_STEP_SH = `
${SECTIONS}
refuse() { printf '%s\\n' "$1" >&2; exit 1; }
[ -z "$too_far" ] || refuse "$too_far"
read -r up rest </proc/uptime || refuse 'the uptime cannot be read: is /proc mounted?'
moved=$(($(date +%s) - \${up%.*} - clock_set))
case $moved in
  -2 | -1 | 0 | 1 | 2) ;;
  *) refuse "somebody set the clock by about $moved s since it was measured: nothing was done" ;;
esac
section before date -u
done_by() { section done echo "$1"; section after date -u; sections_end; exit 0; }
size=\${offset_ms#-}
[ "$size" -ge 500 ] || done_by none
# chrony's own view, with three digits: it may only make the step that was measured.
if command -v chronyc >/dev/null 2>&1 && tracking=$(chronyc -n tracking 2>/dev/null); then
  case $tracking in
    *'Not synchronised'*) ;;
    *)
      wanted=$(printf '%s\\n' "$tracking" | awk '/^System time/ { print int(($6 == "slow" ? -1 : 1) * $4 * 1000) }')
      apart=$((\${wanted:-0} - offset_ms))
      if [ "\${apart#-}" -le $((size / 10 + 100)) ]; then
        said=$(chronyc makestep 2>&1) || refuse "chrony did not step: $said"
        done_by chrony
      fi
      refuse "chrony follows a source and wants to move the clock by $wanted ms, not by $offset_ms ms: is the clock of the controller right?"
      ;;
  esac
fi
now=$(date +%s.%N)
case $now in
  *.[0-9]*)
    part=\${now#*.}
    part=\${part%"\${part#???}"}
    now_ms=\${now%%.*}$part
    ;;
  *) now_ms=$(date +%s)500 ;;
esac
new_ms=$((now_ms - offset_ms))
thousandths=$((new_ms % 1000 + 1000))
said=$(date -u -s "@$((new_ms / 1000)).\${thousandths#1}" 2>&1) ||
  said=$(date -u -s "@$(((new_ms + 500) / 1000))" 2>&1) ||
  refuse "the clock cannot be set: \${said##*: }"
if command -v hwclock >/dev/null 2>&1 && [ -e /dev/rtc0 ]; then hwclock --systohc 2>/dev/null; fi
done_by date
`;
