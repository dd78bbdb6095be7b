import { warnOfDigitGroup } from '../digit-groups.ts';
import type { Span } from '../line-map.ts';
import type { Report } from '../report.ts';
import { checkedType, visit, type ASTNode } from './syntax.ts';

/** Where a part of the expression stands in the file. */
type PlaceOf = (start: number, end: number) => Span;

/** What a checked expression says that its author hardly means. */
export function warnOfMeaning(root: ASTNode, place: PlaceOf, report: Report): void {
  visit(root, (node) => {
    if (node.op === '==' || node.op === '!=') warnOfDoubleEquality(node, place, report);
    if (node.op === 'call' && node.args[0] === 're') warnOfPattern(node.args[1][1], place, report);
  });
}

function warnOfDoubleEquality(node: ASTNode & { readonly op: '==' | '!=' }, place: PlaceOf, report: Report): void {
  if (!node.args.some((operand) => checkedType(operand)?.name === 'double')) return;
  report.warning(
    'W_DOUBLE_EQUAL',
    place(node.start, node.end),
    `a double compared with ${node.op} is hardly ever equal`,
    'use < and >, or round it with int()',
  );
}

function warnOfPattern(pattern: ASTNode | undefined, place: PlaceOf, report: Report): void {
  if (pattern?.op !== 'value' || typeof pattern.args !== 'string') return;
  const { start, end } = pattern;
  warnOfDigitGroup(pattern.args, report, (group) => {
    const at = pattern.input.indexOf(group, start);
    return at < start || at >= end ? place(start, end) : place(at, at + group.length);
  });
}
