import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { action } from '../../src/actions/zombies.ts';
import { checkOutput } from '../../src/model/output.ts';
import type { JsonObject } from '../../src/util/json.ts';
import { contextOf } from './support/context.ts';
import { runScript } from './support/run-script.ts';
import { shells, type Shell } from './support/shells.ts';

/** Forks children that end, says so, and does `then`. */
const leaving = (count: number, then: string): string =>
  `$| = 1; for (1 .. ${count}) { exit unless fork } select undef, undef, undef, 0.1; print "ready\\n"; ${then}`;

for (const shell of shells()) {
  describe(`zombies in ${shell.name}`, () => {
    const children: ChildProcess[] = [];

    afterEach(() => {
      for (const { pid } of children.splice(0)) if (pid !== undefined) process.kill(-pid, 'SIGKILL');
    });

    async function start(text: string, ...wrapper: readonly string[]): Promise<number> {
      const [program, ...args] = [...wrapper, 'perl', '-e', text];
      const child = spawn(program, args, { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
      children.push(child);
      await once(createInterface(child.stdout), 'line');
      return child.pid ?? assert.fail();
    }

    it('are counted by the parent that does not take note of them', async () => {
      const pid = await start(leaving(3, 'sleep 1 while 1'));
      const parent = await parentOf(pid, shell);
      const { started, oldest, tasks, tasks_max: max, unit, ...rest } = parent ?? assert.fail('not listed');
      assert.deepEqual(rest, {
        ...{ pid, command: 'perl', zombies: 3, more: 0, commands: ['perl'] },
        ...{ first_process: false, container: false, stopped: false },
      });
      assert.ok(Math.abs(Date.parse(String(started)) - Date.now()) < 10_000);
      assert.deepEqual(
        [typeof oldest, typeof tasks, typeof max, typeof unit],
        ['string', 'number', 'number', 'string'],
      );
    });

    it('that are taken note of between the looks do not count', async () => {
      const pid = await start(
        leaving(3, 'while (1) { 1 while wait() > 0; exit unless fork; select undef, undef, undef, 0.02 }'),
      );
      assert.equal(await parentOf(pid, shell), undefined);
    });

    it('tell a parent that is stopped, and one in a container', async function () {
      const stopped = await start(leaving(2, 'kill STOP => $$; sleep 1 while 1'));
      assert.equal((await parentOf(stopped, shell))?.['stopped'], true);
      if (process.getuid?.() !== 0) return;
      await start(leaving(5, 'sleep 1 while 1'), 'unshare', '--pid', '--fork', '--mount-proc');
      const { parents } = await look(shell);
      const inside = (parents as JsonObject[]).find((one) => one['container'] === true && one['zombies'] === 5);
      assert.deepEqual([inside?.['command'], inside?.['first_process']], ['perl', false]);
    });
  });
}

async function parentOf(pid: number, shell: Shell): Promise<JsonObject | undefined> {
  return ((await look(shell))['parents'] as JsonObject[]).find((parent) => parent['pid'] === pid);
}

async function look(shell: Shell): Promise<JsonObject> {
  const { work, output } = action;
  if (work.kind !== 'script') return assert.fail('not a script');
  const params = { watch: '200ms' };
  const answer = await runScript(work.compose(params as never, contextOf()), shell);
  const result = work.interpret(answer, params as never, contextOf());
  if (result.status === 'failed') return assert.fail(`${result.error} ${answer.stderr.text}`);
  assert.ok(checkOutput(output, result.output, {}).ok);
  assert.equal(answer.stderr.text, '');
  const { tasks, tasks_max: max, tasks_percent: percent } = result.output;
  assert.ok(Number(tasks) > 0 && Number(max) > 1000 && Number(percent) < 100);
  return result.output;
}
