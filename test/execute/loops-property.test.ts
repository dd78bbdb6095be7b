import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { GroupLoop, Step } from '../../src/model/runbook.ts';
import { constant, expression, step, verifying } from '../support/runbook-builder.ts';
import { oneHost, SICK, unitIsUp } from '../support/down-runbook.ts';
import { set, setTo } from '../support/scripted-host.ts';

/** A fix as an author writes it: steps, and groups with or without a loop, one in another. */
type Written =
  | { readonly kind: 'step'; readonly items: number | undefined; readonly lenient: boolean }
  | { readonly kind: 'group'; readonly items: number | undefined; readonly inside: readonly Written[] };

const items = fc.constantFrom(undefined, undefined, 0, 1, 2, 3);

const { tree } = fc.letrec<{ tree: Written; leaf: Written; group: Written }>((tie) => ({
  tree: fc.oneof({ maxDepth: 3, depthSize: 'small' }, tie('leaf'), tie('group')),
  leaf: fc.record({ kind: fc.constant('step' as const), items, lenient: fc.boolean() }),
  group: fc.record({
    kind: fc.constant('group' as const),
    items,
    inside: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }),
  }),
}));

const scenario = fc.record({ fix: fc.array(tree, { minLength: 1, maxLength: 4 }), failsAt: fc.nat(25) });

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

/** The steps as the engine is given them: groups flattened, their loops on each step inside. */
function flatten(written: readonly Written[], path: string, loops: readonly GroupLoop[]): readonly Step[] {
  return written.flatMap((one, index) => {
    const id = `${path}${index}`;
    if (one.kind === 'step') return [asStep(id, one, loops)];
    const own = one.items === undefined ? [] : [{ id, list: constant(upTo(one.items)) }];
    return flatten(one.inside, `${id}-`, [...loops, ...own]);
  });
}

function asStep(
  id: string,
  { items: count, lenient }: Written & { kind: 'step' },
  groupLoops: readonly GroupLoop[],
): Step {
  return step({
    id,
    phase: 'fix',
    action: set,
    groupLoops,
    ...(count !== undefined && { loop: constant(upTo(count)) }),
    params: expression(({ item, outerItems = [] }) => {
      const seen = [...outerItems.map((outer) => outer.item), ...(item === undefined ? [] : [item])];
      return setTo(`${id}@${seen.join('.')}`, 'new');
    }),
    for: ['down'],
    onFailure: lenient ? 'continue' : 'stop',
  });
}

/** What is to be sent, told once more and as simply as can be: recursion over the tree, with the number of the one that fails. */
class Model {
  readonly sent: string[] = [];
  readonly #failsAt: number;
  stopped = false;
  /** A step failed that does not stop the phase: all loops around it end. */
  #leaving = false;

  constructor(failsAt: number) {
    this.#failsAt = failsAt;
  }

  run(written: readonly Written[], path = '', laps: readonly number[] = [], inLoop = false): void {
    for (const [index, one] of written.entries()) {
      if (this.stopped || (this.#leaving && inLoop)) return;
      this.#leaving = false;
      const id = `${path}${index}`;
      for (const lap of one.items === undefined ? [undefined] : upTo(one.items)) {
        if (this.stopped || this.#leaving) break;
        const here = lap === undefined ? laps : [...laps, lap];
        if (one.kind === 'step') this.#send(`${id}@${here.join('.')}`, one.lenient);
        else this.run(one.inside, `${id}-`, here, inLoop || lap !== undefined);
      }
    }
    if (!inLoop) this.#leaving = false;
  }

  #send(key: string, lenient: boolean): void {
    if (this.sent.length === this.#failsAt) {
      if (lenient) this.#leaving = true;
      else this.stopped = true;
    }
    this.sent.push(key);
  }
}

describe('any nest of groups and loops', function () {
  this.timeout(60_000);

  it('is sent item by item, nothing after an item that failed, and undone exactly backwards', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async ({ fix: written, failsAt }) => {
        const model = new Model(failsAt);
        model.run(written);
        const failed = model.sent[failsAt];

        const fix = flatten(written, '', []);
        const { rig, host, journal } = oneHost({ fix, verify: verifying([unitIsUp], { within: 0 }) }, SICK);
        host.fault = (text) => (text === `set ${failed} new` ? { end: { how: 'exit', code: 1 } } : undefined);
        await rig.go();

        const keysOf = (wanted: 'fix' | 'rollback'): readonly string[] =>
          journal
            .of('step-intended')
            .flatMap(({ phase, text }) => (phase === wanted ? [text.split(' ')[1] ?? ''] : []));
        assert.deepEqual(keysOf('fix'), model.sent);
        assert.deepEqual(keysOf('rollback'), model.sent.filter((key) => key !== failed).toReversed());
        for (const key of model.sent) assert.equal(host.values.get(key) ?? '', '');
      }),
      { numRuns: 500 },
    );
  });
});
