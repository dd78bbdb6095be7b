import { GROUP_NAMES, HOST_NAMES, VARIABLE_NAMES } from './generated-names.ts';
import type { Random } from '../support/random.ts';

/** A program that prints an inventory as JSON, with the variables of its hosts in `_meta` or when it is asked for one. */
export function programText(random: Random): string {
  const groups = Object.fromEntries(random.some(GROUP_NAMES, 4).map((name) => [name, groupBody(random)]));
  const hosts = random.some(HOST_NAMES, 3);
  const variables = Object.fromEntries(hosts.map((host) => [host, variablesOf(random)]));
  const withMeta = random.chance(70);
  const list = JSON.stringify({
    ...groups,
    ...(random.chance(40) && { ungrouped: { hosts: random.some(HOST_NAMES, 2) } }),
    ...(random.chance(40) && { all: { vars: variablesOf(random) } }),
    ...(withMeta && { _meta: { hostvars: variables } }),
  });
  const one = withMeta ? '{}' : JSON.stringify(variablesOf(random));
  return `#!/bin/sh\ncase $1 in\n  --list) cat <<'END'\n${list}\nEND\n  ;;\n  *) echo '${one}' ;;\nesac\n`;
}

function groupBody(random: Random): unknown {
  const hosts = random.some(HOST_NAMES, 4);
  if (random.chance(20)) return hosts;
  return {
    ...(random.chance(80) && { hosts }),
    ...(random.chance(30) && { vars: variablesOf(random) }),
    ...(random.chance(20) && { children: random.some(['leaf', 'other_leaf'], 2) }),
  };
}

const VALUES: readonly unknown[] = [1, 1.5, true, null, 'text', '1', [1, 'a'], { a: null }, '', 0];

const variablesOf = (random: Random): Record<string, unknown> =>
  Object.fromEntries(random.some(VARIABLE_NAMES, 3).map((name) => [name, random.pick(VALUES)]));
