import { err, ok, type Result } from '../../util/result.ts';
import type { Sections } from './sections.ts';
import { readNeeds, UNIT_NEEDS_SH } from './unit-needs.ts';
import { ABSENT, readBlocks, readProperties, type Unit } from './unit.ts';

const PROPERTIES = [
  'Id',
  'Type',
  'LoadState',
  'ActiveState',
  'SubState',
  'Result',
  'MainPID',
  'NRestarts',
  'ExecMainCode',
  'ExecMainStatus',
  'CanReload',
  'UnitFileState',
  'ActiveEnterTimestamp',
  'ActiveExitTimestamp',
  'InactiveEnterTimestamp',
  'InactiveExitTimestamp',
  'MemoryCurrent',
  'MemoryMax',
  'MemoryLimit',
  'TriggeredBy',
  'NeedDaemonReload',
  'ConditionResult',
  'AssertResult',
  'ConditionTimestamp',
].join(',');

/** What systemd says when it was asked to start a unit too often; its `Result` is then often that of the last real failure. */
export const START_LIMIT = 'Start request repeated too quickly';

/**
 * `look PREFIX UNIT` prints the sections PREFIX (the properties), PREFIX.enabled, PREFIX.triggers (what starts it when it is
 * wanted) and, when systemd has started it again by itself and so forgotten how it ended, PREFIX.exit (what the journal says of
 * that). Of a unit that is down also PREFIX.said (systemd's last words about it), PREFIX.condition and what `look_at_needs` prints. It
 * sets `unit_code` (0: systemd answered), `unit_id`, `unit_load`, `unit_active`, `unit_sub`, `unit_type`, `unit_enabled` and `unit_need`.
 */
export const SYSTEMD_LOOK = `${UNIT_NEEDS_SH}
property() { printf '%s\\n' "$unit_properties" | sed -n "s/^$1=//p"; }
look() {
  section_all "$1" systemctl show --no-pager -p ${PROPERTIES} -- "$2"
  unit_code=$section_code unit_properties=$section_text unit_need=''
  [ "$unit_code" -eq 0 ] || return 0
  unit_id=$(property Id) unit_load=$(property LoadState) unit_active=$(property ActiveState)
  unit_sub=$(property SubState) unit_type=$(property Type)
  section "$1.enabled" systemctl is-enabled -- "$unit_id" 2>/dev/null
  unit_enabled=$section_text
  case $(property NRestarts):$(property ExecMainCode) in
    0:* | :* | *:[1-9]*) ;;
    *)
      unit_exit=$(property ActiveExitTimestamp)
      section "$1.exit" journalctl -q --no-pager -o cat -n 1 --since "\${unit_exit% UTC}" \\
        _PID=1 UNIT="$unit_id" MESSAGE_ID=98e322203f7a4ed290d09fe03c09fe15 2>/dev/null ;;
  esac
  unit_triggers=$(property TriggeredBy)
  [ -z "$unit_triggers" ] || section "$1.triggers" triggers_now 2>/dev/null
  case $unit_active in
    failed) section "$1.said" said_of_it ;;
    inactive) section "$1.said" said_of_it; look_for_hindrance "$1" ;;
  esac
}
said_of_it() { journalctl -q --no-pager -b -o cat -n 3 _PID=1 UNIT="$unit_id" 2>/dev/null; }
triggers_now() {
  set -f; set -- $(printf '%s\\n' "$unit_triggers" | sed 's/"//g; s/\\\\\\\\/\\\\/g'); set +f
  systemctl show --no-pager -p Id,ActiveState -- "$@"
}
look_for_hindrance() {
  [ "$unit_load" = loaded ] || return 0
  case $(property ConditionTimestamp):$(property ConditionResult):$(property AssertResult) in
    :*) ;;
    *:no:* | *:*:no) section "$1.condition" unmet_conditions 2>/dev/null ;;
  esac
  look_at_needs "$1" "$unit_id"
}
unmet_conditions() {
  systemctl status --no-pager --full -n 0 -- "$unit_id" | sed -n 's/^[^A-Z]*\\([A-Z][A-Za-z]*=.*\\) was not met$/\\1/p'
}
`;

const ENABLED: ReadonlySet<string> = new Set(['enabled', 'enabled-runtime', 'alias', 'generated']);
const ACTIVE: ReadonlySet<string> = new Set(['active', 'reloading', 'refreshing']);

/** Reads what `look PREFIX` printed. An error is the host's complaint that it could not look. */
export function readSystemdUnit(sections: Sections, prefix: string): Result<Unit, string> {
  const shown = sections.get(prefix);
  if (shown === undefined) return err(`the section ${prefix} is missing`);
  if (shown.code !== 0) return err(shown.lines[0] ?? `systemctl show ended with ${shown.code}`);
  const enabled = sections.get(`${prefix}.enabled`)?.lines.at(-1) ?? '';
  const exit = sections.get(`${prefix}.exit`)?.lines.at(-1) ?? '';
  const said = sections.get(`${prefix}.said`)?.lines ?? [];
  const need = readNeeds(sections, prefix).at(-1);
  const properties = readProperties(shown.lines);
  const text = (name: string): string => properties.get(name) ?? '';
  const [id, load, state] = [text('Id'), text('LoadState'), text('ActiveState')];
  if (id === '' || load === '' || state === '') return err('systemctl show named no unit, load state or state');
  const active = ACTIVE.has(state);
  if (load === 'not-found' && !active) return ok(ABSENT);
  const since = readTime(text(sinceProperty(state)));
  if (!since.ok) return since;
  const unit: Unit = {
    unit: id,
    exists: true,
    active,
    enabled: ENABLED.has(enabled),
    masked: load === 'masked' || text('UnitFileState').startsWith('masked'),
    can_reload: text('CanReload') === 'yes',
    state,
    sub_state: text('SubState'),
    result: text('Result'),
    main_pid: readCount(text('MainPID')),
    restarts: readCount(text('NRestarts')),
    last_signal: signalOf(text('ExecMainCode'), text('ExecMainStatus')) || signalIn(exit),
    since: since.value,
    memory_bytes: readCount(text('MemoryCurrent')),
    memory_max_bytes: readCount(text('MemoryMax')) || readCount(text('MemoryLimit')),
    // Of a file that it cannot use systemd says oneshot, whatever is in it.
    oneshot: text('Type') === 'oneshot' && load === 'loaded',
    triggered_by: activeTriggers(sections.get(`${prefix}.triggers`)?.lines ?? []),
    changed_on_disk: text('NeedDaemonReload') === 'yes',
    bad_unit_file: load === 'bad-setting' || load === 'error',
    start_limited: text('Result') === 'start-limit-hit' || said.some((line) => line.includes(START_LIMIT)),
    unmet_condition: active ? '' : (sections.get(`${prefix}.condition`)?.lines[0] ?? unmetIn(said.at(-1) ?? '')),
    failed_need: need?.broken === true ? need.unit : '',
  };
  return ok(unit);
}

/** systemd forgets it when it reads its files anew; the journal does not. */
function unmetIn(message: string): string {
  // systemd 252 and 257; older ones do not say which condition it was.
  return (
    / skipped(?: because of an|,) unmet condition check \(?([A-Z][A-Za-z]*=.*?)(?:\)\.)?$/.exec(message)?.[1] ?? ''
  );
}

function activeTriggers(lines: readonly string[]): readonly string[] {
  const active = readBlocks(lines).filter((unit) => ACTIVE.has(unit.get('ActiveState') ?? ''));
  return active.flatMap((unit) => unit.get('Id') ?? []).toSorted();
}

/** As `systemctl status` chooses it. */
function sinceProperty(state: string): string {
  if (ACTIVE.has(state)) return 'ActiveEnterTimestamp';
  if (state === 'activating') return 'InactiveExitTimestamp';
  if (state === 'deactivating') return 'ActiveExitTimestamp';
  return 'InactiveEnterTimestamp';
}

/** `Mon 2026-11-23 00:10:40 UTC`; what never happened is 1970. */
function readTime(text: string): Result<string, string> {
  if (text === '' || text === 'n/a') return ok(ABSENT.since);
  const [, date, time] = /^[A-Z][a-z]{2} (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d+)? (?:UTC|GMT)$/.exec(text) ?? [];
  if (date === undefined || time === undefined) return err(`not a time in UTC: ${text}`);
  return ok(`${date}T${time}Z`);
}

/** `[not set]`, `infinity` and the largest numbers, which stand for it, are 0. */
function readCount(text: string): number {
  const count = /^\d+$/.test(text) ? Number(text) : 0;
  return Number.isSafeInteger(count) ? count : 0;
}

const CLD_KILLED = '2';
const CLD_DUMPED = '3';
// Linux's numbers, on every architecture but alpha, mips, parisc and sparc.
const SIGNALS =
  'HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS'.split(
    ' ',
  );

function signalOf(code: string, status: string): string {
  if (code !== CLD_KILLED && code !== CLD_DUMPED) return '';
  return SIGNALS[Number(status) - 1] ?? status;
}

/** `apache2.service: Main process exited, code=killed, status=9/KILL` */
function signalIn(message: string): string {
  return /\bcode=(?:killed|dumped), status=\d+\/([A-Z0-9+-]+)$/.exec(message)?.[1] ?? '';
}
