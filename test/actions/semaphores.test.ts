import assert from 'node:assert/strict';
import { action as semaphores } from '../../src/actions/semaphores.ts';
import { action as semaphoresRemove } from '../../src/actions/semaphores_remove.ts';
import type { Action, Interpretation } from '../../src/model/action.ts';
import type { JsonObject } from '../../src/util/json.ts';
import { skip } from '../support/skip.ts';
import { contextOf } from './support/context.ts';
import { runScript } from './support/run-script.ts';
import { OWNER, semaphoreRoom, type SemaphoreRoom } from './support/semaphore-room.ts';
import { shells, type Shell } from './support/shells.ts';

for (const name of ['dash', 'bash', 'busybox'] as const) {
  describe(`semaphore sets in ${name}`, () => {
    let shell: Shell;
    let room: SemaphoreRoom;

    before(function () {
      if (process.getuid?.() !== 0) skip(this, 'making sets of other users takes root');
      const found = shells().find((candidate) => candidate.name === name);
      shell = found ?? skip(this, `no ${name} on this machine`);
    });

    describe('without an Apache', () => {
      beforeEach(async () => {
        room = await semaphoreRoom();
        shell = room.enter(shell);
      });
      afterEach(() => {
        room.close();
        shell = shells().find((candidate) => candidate.name === name) ?? shell;
      });

      it('are orphans only when all four rules hold', async () => {
        const { sets, orphans, sets_used: used } = await survey(shell);
        assert.deepEqual(ids(orphans), room.leaked.toSorted(ascending));
        assert.equal(used, room.leaked.length + 4);
        assert.match(reasonOf(sets, room.live), /^its last process \d+ still runs$/);
        assert.match(reasonOf(sets, room.keyed), /^it has a key \(0x1267\)/);
        assert.match(reasonOf(sets, room.waited), /^1 process waits on it$/);
        assert.match(reasonOf(sets, room.otherUser), /^it belongs to /);
      });

      it('are removed when they are still orphans, and no other', async () => {
        const { sets } = await survey(shell);
        const result = await run(semaphoresRemove, { sets: sets.map(reference) }, shell);
        assert.equal(result.status, 'changed');
        const { removed, kept } = result.output as unknown as { removed: number[]; kept: Set[] };
        assert.deepEqual(removed.toSorted(ascending), [...room.leaked, room.otherUser].toSorted(ascending));
        assert.deepEqual(ids(kept), [room.keyed, room.live, room.waited].toSorted(ascending));
        const after = await survey(shell);
        assert.deepEqual(ids(after.sets), [room.keyed, room.live, room.waited].toSorted(ascending));
      });

      it('are kept when they were used or changed since', async () => {
        const { orphans } = await survey(shell);
        const stale = orphans.map((set, index) => ({
          ...reference(set),
          [index === 0 ? 'otime' : 'ctime']: '2026-01-01T00:00:00Z',
        }));
        const result = await run(semaphoresRemove, { sets: stale }, shell);
        assert.equal(result.status, 'ok');
        assert.equal((await survey(shell)).sets.length, room.leaked.length + 4);
      });

      // What is kept of an output has 2 MiB, and a kernel has room for 32000 sets.
      it('take one short line each when they are removed', async () => {
        const { orphans } = await survey(shell);
        const { work } = semaphoresRemove;
        assert.ok(work.kind === 'script');
        const script = work.compose({ sets: orphans.map(reference) } as never, contextOf());
        const lines = (await runScript(script, shell)).stdout.text.trimEnd().split('\n').slice(1, -1);
        assert.equal(lines.length, orphans.length);
        for (const line of lines) assert.match(line, /^orphan \d+ 65534 \d+ \d+ \d+ gone \d+$/);
      });

      it('can be removed twice, for what is gone is kept as gone', async () => {
        const { orphans } = await survey(shell);
        const params = { sets: orphans.map(reference) };
        assert.equal((await run(semaphoresRemove, params, shell)).status, 'changed');
        const again = await run(semaphoresRemove, params, shell);
        assert.equal(again.status, 'ok');
        assert.deepEqual(
          again.status === 'ok' ? again.output['kept'] : [],
          orphans.map(({ id }) => ({ id, reason: 'it is no longer there' })),
        );
      });
    });

    it('of a running Apache are kept when they are younger than its parent, even if their last process is gone', async () => {
      room = await semaphoreRoom({ apache: true });
      try {
        const inside = room.enter(shell);
        const { sets, orphans } = await survey(inside);
        assert.deepEqual(ids(orphans), room.leaked.toSorted(ascending));
        assert.match(reasonOf(sets, room.younger ?? -1), /^it was made after the running parent \d+ had started/);
        const result = await run(semaphoresRemove, { sets: sets.map(reference) }, inside);
        assert.ok(result.status === 'changed');
        assert.ok(!(result.output['removed'] as number[]).includes(room.younger ?? -1));
      } finally {
        room.close();
      }
    }).timeout(20_000);
  });
}

interface Set {
  readonly id: number;
  readonly otime: string;
  readonly ctime: string;
  readonly reason: string;
}

interface Survey {
  readonly sets: readonly Set[];
  readonly orphans: readonly Set[];
  readonly sets_used: number;
}

async function survey(shell: Shell): Promise<Survey> {
  const result = await run(semaphores, { owner: OWNER }, shell);
  assert.ok(result.status === 'ok', JSON.stringify(result));
  return result.output as unknown as Survey;
}

async function run({ work }: Action, params: object, shell: Shell): Promise<Interpretation<JsonObject>> {
  assert.ok(work.kind === 'script');
  const context = contextOf();
  return work.interpret(await runScript(work.compose(params as never, context), shell), params as never, context);
}

const ascending = (a: number, b: number): number => a - b;

const ids = (sets: readonly { readonly id: number }[]): readonly number[] =>
  sets.map(({ id }) => id).toSorted(ascending);

const reference = ({ id, otime, ctime }: Set): object => ({ id, otime, ctime });

const reasonOf = (sets: readonly Set[], id: number): string =>
  sets.find((set) => set.id === id)?.reason ?? 'not listed';
