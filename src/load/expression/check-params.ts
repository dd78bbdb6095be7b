import { rangeOf, type Problem } from './problem.ts';
import { memberOf, partsOf, visit, type ASTNode } from './syntax.ts';
import type { TypedScope } from './typed-scope.ts';

/** In a fragment each param is an expression of its include, evaluated where it is read: so it must be named, and known there. */
export function checkParams(root: ASTNode, { inputs, hidden }: TypedScope): readonly Problem[] {
  if (inputs === undefined) return [];
  const problems: Problem[] = [];
  const named = new Set<ASTNode | undefined>();
  visit(root, (node, locals) => {
    const param = memberOf('params', node, locals);
    if (param !== undefined) named.add(partsOf(node)[0]);
    const why = param === undefined ? undefined : hidden.get(`params.${param}`);
    if (why !== undefined) problems.push({ ...rangeOf(node), code: 'E_REF', ...why });
    if (node.op !== 'id' || node.args !== 'params' || locals.has('params') || named.has(node)) return;
    const message = 'the params of a fragment can be read only one by one';
    problems.push({ ...rangeOf(node), code: 'E_TYPE', message, hint: 'name one of them: params.x' });
  });
  return problems;
}
