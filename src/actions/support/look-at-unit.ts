import type { HostFacts } from '../../model/host.ts';
import { unreachable } from '../../util/unreachable.ts';
import type { Result } from '../../util/result.ts';
import { INIT_SCRIPT_LOOK, readInitScriptUnit } from './init-script-unit.ts';
import type { Sections } from './sections.ts';
import { readSystemdUnit, SYSTEMD_LOOK } from './systemd-unit.ts';
import type { Unit } from './unit.ts';

/** The three ways of asking for a unit. A host without any init system may still have init scripts. */
export type UnitManager = 'systemd' | 'openrc' | 'sysv';

export function managerOf({ init }: HostFacts): UnitManager {
  return init === 'none' ? 'sysv' : init;
}

/** Shell functions; `look PREFIX NAME` prints what `readUnit` reads. */
export function lookText(manager: UnitManager): string {
  return manager === 'systemd' ? SYSTEMD_LOOK : INIT_SCRIPT_LOOK;
}

/** The name as this init system wants it: init scripts have no suffix. */
export function nameFor(manager: UnitManager, name: string): string {
  return manager === 'systemd' ? name : name.replace(/\.service$/, '');
}

/** Reads what `look PREFIX` printed. An error is why the host could not look. */
export function readUnit(manager: UnitManager, sections: Sections, prefix: string, name: string): Result<Unit, string> {
  switch (manager) {
    case 'systemd':
      return readSystemdUnit(sections, prefix);
    case 'openrc':
    case 'sysv':
      return readInitScriptUnit(sections, prefix, nameFor(manager, name), manager);
    default:
      return unreachable(manager);
  }
}
