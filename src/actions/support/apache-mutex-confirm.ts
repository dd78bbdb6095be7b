import { APACHE_ENVIRONMENT_SH } from './apache-survey.ts';

/**
 * For `fileChangeScript`: tests before anything is made ready that the configuration parses and that Apache takes the directive, and
 * defines `confirm`, which tests the same of what was written. Variables:
 *
 * - `candidates`, the name of its unit; `binary`; `control`, the program that tests the configuration and makes the directory for the
 *   lock where that is its custom, or empty
 * - `directive`, such as `Mutex file:/run/lock default`
 * - `types`, the mutexes it is about, and `mechanisms`, what Apache may call it, with blanks around; both empty for an Apache that
 *   does not tell
 */
export const APACHE_MUTEX_CONFIRM_SH = `
ask_apache() (
${APACHE_ENVIRONMENT_SH}
if [ -n "$control" ]; then "$control" configtest 2>&1 || exit; else "$binary" "$@" -t 2>&1 || exit; fi
[ -z "$trial" ] || set -- "$@" -c "$trial"
[ -z "$types" ] || set -- "$@" -D DUMP_RUN_CFG
exec "$binary" "$@" -t 2>&1
)
complaint() {
  printf '%s\\n' "$told" | grep -v -e AH00557 -e AH00558 -e ':warn\\]' -e ':notice\\]' -e '^Syntax OK$' | head -n 2 | tr '\\n' ' '
}
is_heeded() {
  for type in $types; do
    heeded=$(printf '%s\\n' "$told" | sed -n "s/^Mutex $type: .* mechanism=\\([a-z]*\\) *$/\\1/p")
    case $mechanisms in *" $heeded "*) ;; *) return 1 ;; esac
  done
}
trial=
told=$(ask_apache) || refuse "Apache's configuration does not parse, and that comes first: $(complaint)"
trial=$directive
told=$(ask_apache) || refuse "Apache refuses $directive: $(complaint)"
is_heeded || refuse "Apache does not take $directive: it goes on with $heeded"
trial=
confirm() {
  told=$(ask_apache) || { objection="put back, for Apache's configuration did not parse with it: $(complaint)"; return 1; }
  is_heeded || { objection="put back, for Apache would still use $heeded: does it read the file that was written?"; return 1; }
}
`;
