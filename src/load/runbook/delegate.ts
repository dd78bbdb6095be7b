import type { Expression, References } from '../../model/expression.ts';
import { leaveLoops } from '../../model/loops.ts';
import type { Step } from '../../model/runbook.ts';
import type { Compiled } from '../expression/compile.ts';
import type { HiddenName } from '../expression/typed-scope.ts';
import type { Place } from '../place.ts';
import type { Report } from '../report.ts';
import { compilePiece, hasTextForm, readPieces, type TextPart } from '../text.ts';
import { asExpression, textTree } from '../value/tree.ts';
import type { YamlNode, YamlScalar } from '../yaml/node.ts';
import { treeAt, type Level } from './levels.ts';

const READABLE: ReadonlySet<string> = new Set(['params', 'host', 'item', 'index']);
/** What the inventory says of a host. */
const OF_INVENTORY: ReadonlySet<string> = new Set(['name', 'address', 'port', 'user', 'groups']);

const REASON = 'what a host says never decides where we connect';
const HINT = 'use a param, host.name, host.groups, or an item of a list that is written out or a param';

/** The innermost `delegate` of a step and the groups around it: a text that is known before anything was contacted. */
export function readDelegate(levels: readonly Level[], loops: LoopsAround): Expression<string> | undefined {
  const level = levels.findLast(({ node }) => node.entries.has('delegate'));
  const node = level?.node.entries.get('delegate')?.value;
  // The structure check has said so.
  if (level === undefined || node?.kind !== 'scalar' || typeof node.value !== 'string') return undefined;
  refuseBareName(node, level.place.report);
  const parts = readParts(node, restricted(level.place), loops);
  if (parts === undefined) return undefined;
  return asExpression(treeAt(level, textTree(parts, { kind: 'string' })), node.at, level.place.report);
}

/** A text would do as the name of a host, and only fail when hosts are looked for. */
function refuseBareName({ value, at }: YamlScalar, report: Report): void {
  if (typeof value !== 'string' || !/^(?:params\.[a-z]\w*|host\.(?:name|address))$/.test(value)) return;
  report.error('E_DELEGATE', at, `${value} is text here, the name of a host`, `write "\${{ ${value} }}"`);
}

/** The lists of the loops around a step. */
type LoopsAround = readonly Pick<Expression<unknown>, 'references'>[];

/** Pure: what undoes a step is done where the step was, unless it says another host itself. */
export function delegateUndo(steps: readonly Step[], delegate: Expression<string> | undefined): readonly Step[] {
  if (delegate === undefined) return steps;
  return steps.map((step) => {
    const inside = step.groupLoops.length + (step.loop === undefined ? 0 : 1);
    const outer: Expression<string> = {
      ...delegate,
      evaluate: (scope) => delegate.evaluate(leaveLoops(scope, inside)),
    };
    return step.delegate === undefined ? { ...step, delegate: outer } : step;
  });
}

function readParts(node: YamlScalar, place: Place, loops: LoopsAround): readonly TextPart[] | undefined {
  const pieces = readPieces(node, place);
  const parts = pieces?.map((piece) => {
    if (piece.kind === 'text') return piece.text;
    const compiled = compilePiece(piece, node, place);
    return compiled !== undefined && isKnownBefore(compiled, node, place, loops) ? compiled : undefined;
  });
  const known = parts?.filter((part) => part !== undefined);
  return known?.length === parts?.length ? known : undefined;
}

function isKnownBefore(compiled: Compiled, node: YamlNode, place: Place, loops: LoopsAround): boolean {
  const { references } = compiled;
  const what = whatHostsSay(references) ?? (references.item === true && loops.some(isSaid) ? 'item' : undefined);
  if (what !== undefined) {
    place.report.error('E_DELEGATE', node.at, `${what} is what a host says, and ${REASON}`, HINT);
    return false;
  }
  return hasTextForm(compiled, place);
}

/** What of it a host says, and not the inventory. A param of a fragment may stand for it. */
function whatHostsSay({ steps, findings, host = [] }: References): string | undefined {
  const [step] = steps;
  const [finding] = findings;
  const fact = host.find((name) => !OF_INVENTORY.has(name));
  if (fact !== undefined) return fact === '*' ? 'host' : `host.${fact}`;
  return step ?? (finding === undefined ? undefined : `findings.${finding}`);
}

const isSaid = ({ references }: LoopsAround[number]): boolean => whatHostsSay(references) !== undefined;

/** The same place, where nothing that a host says is known. */
function restricted(place: Place): Place {
  const { typed } = place;
  const isReadable = ([name]: readonly [string, unknown]): boolean => READABLE.has(name);
  const others = [...typed.variables.keys()].filter((name) => !READABLE.has(name));
  const hidden = others.map((name): readonly [string, HiddenName] => [
    name,
    { message: `delegate cannot read ${name}: ${REASON}`, hint: HINT },
  ]);
  return {
    ...place,
    typed: {
      ...typed,
      variables: new Map([...typed.variables].filter(isReadable)),
      hidden: new Map([...typed.hidden, ...hidden]),
    },
  };
}
