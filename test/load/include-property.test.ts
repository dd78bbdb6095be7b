import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Runbook } from '../../src/model/runbook.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { runbookWith, type Files } from '../support/included.ts';
import { RunRig } from '../support/run-rig.ts';
import { ACTIONS, ScriptedHost } from '../support/scripted-host.ts';

/** Where a value comes from; one that is not known where it is wanted is a literal instead. */
type Source = 'literal' | 'item' | 'param' | 'unit' | 'previous' | 'result';

interface Written {
  readonly kind: 'step' | 'group' | 'include';
  /** Those after it may read it. */
  readonly named: boolean;
  readonly loop: number | undefined;
  readonly key: Source;
  readonly state: Source;
  readonly guarded: boolean;
  readonly lenient: boolean;
  readonly inside: readonly Written[];
  readonly undo: readonly Written[];
}

const source = fc.constantFrom<Source>('literal', 'item', 'param', 'param', 'unit', 'previous', 'result');

const MAX_DEPTH = 4;

/** Steps, groups and includes, at most four deep. */
function listOf(depth: number): fc.Arbitrary<readonly Written[]> {
  const below = depth === MAX_DEPTH ? fc.constant([]) : listOf(depth + 1);
  const kind: fc.Arbitrary<Written['kind']> =
    depth === MAX_DEPTH ? fc.constant('step') : fc.constantFrom('step', 'step', 'group', 'include', 'include');
  const node = fc.record({
    kind,
    named: fc.boolean(),
    loop: fc.constantFrom(undefined, undefined, 0, 1, 2),
    key: source,
    state: source,
    guarded: fc.boolean(),
    lenient: fc.boolean(),
    inside: below,
    undo: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: below }),
  });
  return fc.array(node, { minLength: 1, maxLength: 3 });
}

const scenario = fc.record({
  fix: listOf(0),
  rollback: fc.oneof(fc.constant([]), listOf(1)),
  failsAt: fc.nat(12),
});

/** What can be named where something is written, and what each is written as. */
interface Known {
  readonly item: string | undefined;
  /** Of a fragment: what stands for its param. Absent where a loop inside the fragment would give `item` another meaning. */
  readonly param: string | undefined;
  readonly isParamOfItem: boolean;
  readonly unit: string | undefined;
  readonly previous: string | undefined;
  readonly result: string | undefined;
}

/** Writes one scenario: with includes, or with all steps written out where they would be taken in. */
class Writer {
  readonly files: Record<string, string> = {};
  readonly #includes: boolean;
  #count = 0;

  constructor(includes: boolean) {
    this.#includes = includes;
  }

  /** `prefix`: what the ids of a fragment have before them where they are written out. */
  list(nodes: readonly Written[], indent: string, known: Known, prefix: string, isFix: boolean, depth = 0): string {
    let previous = known.previous;
    return nodes
      .map((node) => {
        const number = this.#count + 1;
        const text = this.#node(node, indent, { ...known, previous }, prefix, isFix, depth);
        if (node.kind === 'step' && node.named && node.loop === undefined) previous = `${prefix}s${number}.before`;
        return text;
      })
      .join('');
  }

  #node(node: Written, indent: string, known: Known, prefix: string, isFix: boolean, depth: number): string {
    const number = ++this.#count;
    const isStep = node.kind === 'step';
    const inner = entered(node, known);
    const head = [
      ...(node.loop === undefined ? [] : [`loop: [${['a', 'b'].slice(0, node.loop).join(', ')}]`]),
      ...(node.guarded ? [`when: "${inner.item ?? "'x'"} != 'b'"`] : []),
      ...(isFix && depth === 0 ? ['for: down'] : []),
      ...(node.lenient ? ['on_failure: continue'] : []),
    ];
    if (isStep) return this.#step(node, number, indent, { inner, head, prefix, isFix, depth });
    head.push(`name: "n${number}"`);
    const isInclude = node.kind === 'include';
    if (isInclude && this.#includes) return this.#include(node, number, indent, { inner, head, isFix, depth });
    const below = isInclude ? taken(inner, expressionOf(node.key, inner), node.key) : inner;
    const own = isInclude ? `${prefix}f${number}_` : prefix;
    const steps = this.list(node.inside, `${indent}    `, below, own, isFix, depth + 1);
    return `${written(head, indent)}${indent}  steps:\n${steps}`;
  }

  #step(node: Written, number: number, indent: string, { inner, head, prefix, isFix, depth }: Step): string {
    const value = (wanted: Source): string => `\${{ ${expressionOf(wanted, inner)} }}`;
    const lines = [
      `id: ${prefix}s${number}`,
      ...head,
      `set: { key: "k${value(node.key)}", state: "v${number}${value(node.state)}" }`,
    ];
    const undo =
      isFix && node.undo.length > 0
        ? this.list(node.undo, `${indent}    `, { ...inner, result: 'result.before' }, prefix, false, depth + 1)
        : '';
    return `${written(lines, indent)}${undo === '' ? '' : `${indent}  undo:\n${undo}`}`;
  }

  #include(node: Written, number: number, indent: string, { inner, head, isFix, depth }: Omit<Step, 'prefix'>): string {
    const below: Known = {
      ...taken(inner, 'params.p', node.key),
      unit: undefined,
      previous: undefined,
      result: inner.result,
    };
    const steps = this.list(node.inside, '  ', below, '', isFix, depth + 1);
    this.files[`fragment-${number}.yaml`] =
      `fragment: fragment-${number}\nsummary: Some steps\nparams:\n  p: { type: string }\nsteps:\n${steps}`;
    const lines = [
      `include: fragment-${number}.yaml`,
      `id: f${number}`,
      ...head,
      `with: { p: "\${{ ${expressionOf(node.key, inner)} }}" }`,
    ];
    return written(lines, indent);
  }
}

interface Step {
  readonly inner: Known;
  readonly head: readonly string[];
  readonly prefix: string;
  readonly isFix: boolean;
  readonly depth: number;
}

function written([first = '', ...rest]: readonly string[], indent: string): string {
  return [`${indent}- ${first}`, ...rest.map((line) => `${indent}  ${line}`)].map((line) => `${line}\n`).join('');
}

/** Inside of the loop of a step or a group. */
function entered(node: Written, known: Known): Known {
  if (node.loop === undefined) return known;
  return { ...known, item: 'item', ...(known.isParamOfItem && { param: undefined }) };
}

/** Inside of a fragment; written out its steps could name more, which they must not. */
function taken(outside: Known, param: string, from: Source): Known {
  const isParamOfItem =
    (from === 'item' && outside.item !== undefined) ||
    (from === 'param' && outside.param !== undefined && outside.isParamOfItem);
  return { ...outside, unit: undefined, previous: undefined, param, isParamOfItem };
}

function expressionOf(wanted: Source, known: Known): string {
  const expression = wanted === 'literal' ? undefined : known[wanted];
  return expression ?? "'x'";
}

const OUTSIDE: Known = {
  item: undefined,
  param: undefined,
  isParamOfItem: false,
  unit: 'unit.value',
  previous: undefined,
  result: undefined,
};

function load(
  { fix, rollback }: { readonly fix: readonly Written[]; readonly rollback: readonly Written[] },
  includes: boolean,
): Runbook {
  const writer = new Writer(includes);
  const text = `runbook: base
summary: A unit is down
diagnose:
  - { id: unit, look: { key: unit } }
findings:
  down: { when: unit.value != "up", summary: It is down }
fix:
${writer.list(fix, '  ', OUTSIDE, '', true)}  - { id: last, for: down, set: { key: unit, state: up } }
verify:
  soak: 0s
  within: 0s
  steps:
    - { look: { key: unit }, expect: 'result.value == "up"' }
${rollback.length === 0 ? '' : `rollback:\n${writer.list(rollback, '  ', OUTSIDE, '', false)}`}`;
  const files: Files = writer.files;
  try {
    return runbookWith(text.replace('within: 0s', 'within: 1s'), files, ACTIONS);
  } catch (error) {
    throw new Error(`${String(error)}\n${text}\n${Object.values(files).join('\n')}`, { cause: error });
  }
}

/** A message quotes an expression as it is written: in a fragment without the id of its include. */
const asInFragment = (text: string): string => text.replaceAll(/(?:f\d+_)+(?=s\d+\.before)/g, '');

/** All that was planned, sent and said of it; of a step that was skipped not the words of its condition. */
async function run(runbook: Runbook, failsAt: number): Promise<unknown> {
  const clock = new FakeClock();
  const host = new ScriptedHost(clock, { unit: 'down' });
  let sets = 0;
  host.fault = (text) =>
    text.startsWith('set ') && sets++ === failsAt ? { end: { how: 'exit', code: 1 }, stderr: 'no' } : undefined;
  const rig = new RunRig({ clock, runbook, hosts: { web01: host } });
  const { hosts } = await rig.go();
  const [made] = rig.journal.of('plan-made');
  const steps = rig.journal.of('step-ended').map(({ step, name, phase, status, error, output }) => {
    return { step, name, phase, status, output, error: status === 'skipped' ? '' : error };
  });
  const planned = made?.plan.hosts.map(({ outcome, steps: planSteps }) => ({ outcome, planSteps }));
  return JSON.parse(asInFragment(JSON.stringify({ hosts, planned, steps, reached: host.reached }))) as unknown;
}

describe('any includes', function () {
  this.timeout(120_000);

  it('plan, do and undo exactly what the same steps do when they are written out', async () => {
    let included = 0;
    await fc.assert(
      fc.asyncProperty(scenario, async ({ failsAt, ...written }) => {
        const [taken, out] = [load(written, true), load(written, false)];
        included += JSON.stringify(written).split('"include"').length - 1;
        assert.deepEqual(await run(taken, failsAt), await run(out, failsAt));
      }),
      { numRuns: 300 },
    );
    assert.ok(included > 100, `${included} includes`);
  });
});
