import type { Sections } from './sections.ts';
import { readProperties } from './unit.ts';

/** A unit that another one requires, and that is not up. */
export interface Need {
  readonly unit: string;
  /** What it is like: `failed (exit-code)`, `is masked`; fits behind "which". */
  readonly words: string;
  /** It cannot come up as it is: it failed, is masked or not there. Else it is only down, perhaps because of what it needs itself. */
  readonly broken: boolean;
}

/**
 * `look_at_needs PREFIX UNIT` follows what a unit requires down to what is not up, and prints a section PREFIX.need.0 and on
 * for each unit on the way. It sets `unit_need` to the last of them, empty when all are up.
 */
export const UNIT_NEEDS_SH = `
needs_of() {
  systemctl show --no-pager -p Requires,Requisite,BindsTo -- "$1" 2>/dev/null | sed 's/^[A-Za-z]*=//; s/"//g; s/\\\\\\\\/\\\\/g'
}
worst_of() {
  awk 'BEGIN { RS = ""; FS = "\\n"; worst = 9 }
    {
      delete of
      for (i = 1; i <= NF; i++) { at = index($i, "="); of[substr($i, 1, at - 1)] = substr($i, at + 1) }
      state = of["ActiveState"]; rank = 9
      if (state == "failed") rank = 1
      else if (of["LoadState"] != "loaded") rank = 2
      else if (state == "inactive" && !(of["Type"] == "oneshot" && of["Result"] == "success")) rank = 3
      if (rank < worst) { worst = rank; id = of["Id"] }
    }
    END { if (worst < 9) print id }'
}
look_at_needs() {
  need_prefix=$1 need_down=$2 need_depth=0 unit_need=''
  set -f
  while [ "$need_depth" -lt 8 ]; do
    set -- $(needs_of "$need_down")
    [ $# -gt 0 ] || break
    need_down=$(systemctl show --no-pager -p Id,Type,Result,LoadState,ActiveState -- "$@" 2>/dev/null | worst_of)
    [ -n "$need_down" ] || break
    unit_need=$need_down
    section "$need_prefix.need.$need_depth" systemctl show --no-pager -p Id,LoadState,ActiveState,Result -- "$need_down"
    need_depth=$((need_depth + 1))
  done
  set +f
}
`;

/** The way from what the unit requires itself to what keeps it down, which is the last. */
export function readNeeds(sections: Sections, prefix: string): readonly Need[] {
  const needs: Need[] = [];
  for (;;) {
    const section = sections.get(`${prefix}.need.${needs.length}`);
    const properties = readProperties(section?.lines ?? []);
    const unit = properties.get('Id');
    if (unit === undefined) return needs;
    needs.push({ unit, ...judge(unit, properties) });
  }
}

function judge(unit: string, properties: ReadonlyMap<string, string>): Omit<Need, 'unit'> {
  const load = properties.get('LoadState') ?? '';
  if (properties.get('ActiveState') === 'failed')
    return { words: `failed (${properties.get('Result') ?? ''})`, broken: true };
  if (load === 'masked') return { words: 'is masked', broken: true };
  if (load === 'not-found') return { words: 'this host does not have', broken: true };
  if (load !== 'loaded') return { words: `has a unit file that systemd cannot use (${load})`, broken: true };
  if (unit.endsWith('.device')) return { words: 'is not there', broken: true };
  return { words: unit.endsWith('.mount') ? 'is not mounted' : 'is not up', broken: false };
}
