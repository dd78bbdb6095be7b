import type { References } from '../../model/expression.ts';
import { memberOf, partsOf, visit, type ASTNode } from './syntax.ts';
import type { TypedScope } from './typed-scope.ts';

/** What an expression reads; in a fragment also what its include's expressions read for it. */
export function referencesOf(root: ASTNode, { steps, inputs }: TypedScope): References {
  const names = namesIn(root);
  const host = membersOf('host', root);
  const given = membersOf('params', root).flatMap((param) => inputs?.get(param)?.references ?? []);
  const own: References = {
    steps: [...names].flatMap((name) => steps.get(name) ?? []),
    findings: membersOf('findings', root).filter((name) => name !== ALL),
    ...(names.has('result') ? { result: true } : {}),
    ...(names.has('item') || names.has('index') ? { item: true } : {}),
    ...(host.length > 0 ? { host } : {}),
  };
  return mergeReferences([own, ...given]);
}

export function mergeReferences(all: readonly References[]): References {
  const host = new Set(all.flatMap((references) => references.host ?? []));
  return {
    steps: [...new Set(all.flatMap((references) => references.steps))],
    findings: [...new Set(all.flatMap((references) => references.findings))],
    ...(all.some((references) => references.result) ? { result: true } : {}),
    ...(all.some((references) => references.item) ? { item: true } : {}),
    ...(host.size > 0 ? { host: [...host] } : {}),
  };
}

/** Of the runbook, without variables of macros. */
export function namesIn(root: ASTNode): ReadonlySet<string> {
  const names = new Set<string>();
  visit(root, (node, locals) => {
    if (node.op === 'id' && !locals.has(node.args)) names.add(node.args);
  });
  return names;
}

const ALL = '*';

/** The fields that are read of the object with this name; `*` where it is taken whole. */
function membersOf(name: string, root: ASTNode): readonly string[] {
  const members = new Set<string>();
  const named = new Set<ASTNode | undefined>();
  visit(root, (node, locals) => {
    const member = memberOf(name, node, locals);
    if (member !== undefined) named.add(partsOf(node)[0]);
    const whole = node.op === 'id' && node.args === name && !locals.has(name) && !named.has(node);
    if (member !== undefined || whole) members.add(member ?? ALL);
  });
  return [...members];
}
