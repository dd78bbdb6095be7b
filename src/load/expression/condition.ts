import { serialize } from '@marcbachmann/cel-js/serialize';
import type { Condition, Scope } from '../../model/expression.ts';
import { err, ok } from '../../util/result.ts';
import { budgeted } from './budget.ts';
import type { Compiled } from './compile.ts';
import { macroOf, partsOf, type ASTNode } from './syntax.ts';
import { bindValues } from './typed-scope.ts';
import { fromCel, textForm } from './values.ts';

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=', 'in']);
const MAX_SHOWN = 80;

/** A checked bool expression as a condition that can say what its values were. */
export function asCondition(compiled: Compiled): Condition {
  return {
    source: compiled.source.text,
    at: compiled.at,
    references: compiled.references,
    evaluate: (scope) => {
      const value = compiled.run(scope);
      if (!value.ok) return value;
      return typeof value.value === 'boolean'
        ? ok(value.value)
        : err({ kind: 'error', message: 'the condition is not a bool' });
    },
    explain: (scope) => new Explanation(compiled, scope).of(compiled.root),
  };
}

/** Says of one evaluation which parts decided it, with the values that were compared. */
class Explanation {
  readonly #compiled: Compiled;
  readonly #scope: Scope;

  constructor(compiled: Compiled, scope: Scope) {
    this.#compiled = compiled;
    this.#scope = scope;
  }

  of(node: ASTNode): string {
    const value = this.#value(node);
    if (node.op === '&&' || node.op === '||') return this.#operands(node.args, value);
    if (node.op === '!_') return this.#compared(node, [node.args]);
    if (COMPARISONS.has(node.op)) return this.#compared(node, partsOf(node));
    const macro = macroOf(node);
    if (macro !== undefined && value === false) return this.#counterExample(node);
    return `${sourceOf(node)} is ${shown(value)}`;
  }

  /** Of `a && b` that is false: those that are false; of a `||` that is false, all. */
  #operands(operands: readonly ASTNode[], value: unknown): string {
    const deciding = operands.filter((operand) => this.#value(operand) === value);
    return (deciding.length > 0 ? deciding : operands).map((operand) => this.of(operand)).join(', ');
  }

  #compared(node: ASTNode, operands: readonly ASTNode[]): string {
    const values = operands
      .filter((operand) => operand.op !== 'value' && operand.op !== 'list')
      .map((operand) => `${sourceOf(operand)} is ${shown(this.#value(operand))}`);
    return values.length === 0
      ? `${sourceOf(node)} is ${shown(this.#value(node))}`
      : `${sourceOf(node)}: ${values.join(', ')}`;
  }

  /** Of `list.all(x, ...)` that is false: the first element for which it does not hold. */
  #counterExample(node: ASTNode): string {
    const macro = macroOf(node);
    const [body] = macro?.bodies ?? [];
    if (macro === undefined || body === undefined || node.op !== 'rcall') return `${sourceOf(node)} is false`;
    const list = serialize(macro.receiver);
    if (node.args[0] !== 'all') return `${sourceOf(node)} is false: none of ${shown(this.#evaluate(`size(${list})`))}`;
    const failing = this.#evaluate(`${list}.filter(${serialize(macro.variable)}, !(${serialize(body)}))[0]`);
    return `${sourceOf(node)} is false: not for ${shown(failing)}`;
  }

  #value(node: ASTNode): unknown {
    return this.#evaluate(serialize(node));
  }

  /** Undefined when it has no value. */
  #evaluate(source: string): unknown {
    const { typed, root } = this.#compiled;
    try {
      const parsed = typed.environment.parse(source);
      if (!parsed.check().valid) return undefined;
      return budgeted(() => parsed(bindValues(namesIn(root), this.#scope, typed)) as unknown);
    } catch {
      return undefined;
    }
  }
}

function namesIn(node: ASTNode): readonly string[] {
  return node.op === 'id' ? [node.args] : partsOf(node).flatMap(namesIn);
}

/** As written, unless the library's range leaves out a parenthesis. */
function sourceOf(node: ASTNode): string {
  const written = node.input.slice(node.start, node.end).replaceAll(/\s+/g, ' ');
  const depth = [...written].reduce((sum, letter) => sum + (letter === '(' ? 1 : letter === ')' ? -1 : 0), 0);
  return depth === 0 ? written : serialize(node);
}

function shown(value: unknown): string {
  if (value === undefined) return 'not there';
  const text = typeof value === 'string' ? JSON.stringify(value) : (textForm(value) ?? JSON.stringify(fromCel(value)));
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN - 1)}…` : text;
}
