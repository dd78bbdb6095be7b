import type { InventoryHost } from '../../model/host.ts';
import type { Diagnostic, SourceRange } from '../../model/source.ts';
import { aboutFile } from '../read-file.ts';
import { lookUpIn } from './connection/host-values.ts';
import { fillValue } from './template.ts';

/**
 * The hosts with plain templates filled in, in those variables that a runbook has a param for; and what holds a template that is
 * evaluated by Ansible alone.
 */
export function fillWanted(
  hosts: readonly InventoryHost[],
  names: readonly string[],
  locate: (host: string, variable: string) => SourceRange | undefined,
): { readonly hosts: readonly InventoryHost[]; readonly problems: readonly Diagnostic[] } {
  const problems = new Map<string, Diagnostic>();
  const filled = hosts.map((host) => {
    const own = new Map(Object.entries(host.vars).map(([name, value]) => [name, { value }]));
    const wanted = names.filter((name) => own.has(name));
    const values = wanted.flatMap((name): readonly (readonly [string, unknown])[] => {
      const value = fillValue(own.get(name)?.value, lookUpIn(host.name, own));
      if (value.ok) return [[name, value.value]];
      const message = `the variable ${name} of ${host.name} ${value.error}`;
      const hint = 'write the value itself, or give it to the run: --param or --params-file';
      const at = locate(host.name, name);
      const problem = aboutFile('the inventory', { code: 'E_TEMPLATE', message, hint });
      const key = at === undefined ? message : `${at.file} ${at.start.offset}`;
      if (!problems.has(key)) problems.set(key, at === undefined ? problem : { ...problem, at });
      return [];
    });
    return wanted.length === 0 ? host : { ...host, vars: { ...host.vars, ...Object.fromEntries(values) } };
  });
  return { hosts: filled, problems: [...problems.values()] };
}
