import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { action } from '../../src/actions/zombies.ts';

import { checkOutput } from '../../src/model/output.ts';
import type { Script } from '../../src/model/script.ts';
import type { Answer, Interpretation } from '../../src/model/action.ts';
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

    it('of one parent take a few lines, however many they are and whatever they are called', async () => {
      const name = '$_ > 20 ? "many" : ") Z 1\\n($_"';
      const pid = await start(
        `$| = 1; for (1 .. 1000) { next if fork; $0 = ${name}; exit } sleep 1; print "ready\\n"; sleep 1 while 1`,
      );
      const { zombies, commands } = (await parentOf(pid, shell)) ?? assert.fail('not listed');
      assert.deepEqual([zombies, (commands as string[]).length], [1000, 8]);
      assert.ok((commands as string[]).every((command) => /^(\) Z 1 \(\d+|many)$/.test(command)));
    });

    it('are not counted as none where the processes cannot be read', async () => {
      const answer = await runScript({ ...composed(), text: `xargs() { return 1; }\n${composed().text}` }, shell);
      const result = interpreted(answer);
      assert.equal(result.status === 'failed' ? result.error : '', 'the processes could not all be read');
    });

    it('tell a parent that is stopped, and one in a container', async function () {
      const stopped = await start(leaving(2, 'kill STOP => $$; sleep 1 while 1'));
      assert.equal((await parentOf(stopped, shell))?.['stopped'], true);
      if (process.getuid?.() !== 0) return;
      await start(leaving(5, 'sleep 1 while 1'), 'unshare', '--pid', '--fork', '--mount-proc');
      const { parents } = await look(shell);
      const inside = (parents as JsonObject[]).find(
        (one) => one['container'] === true && one['zombies'] === 5 && one['command'] === 'perl',
      );
      assert.equal(inside?.['first_process'], false);
    });
  });
}

const PARAMS = { watch: '200ms' };

async function parentOf(pid: number, shell: Shell): Promise<JsonObject | undefined> {
  return ((await look(shell))['parents'] as JsonObject[]).find((parent) => parent['pid'] === pid);
}

async function look(shell: Shell): Promise<JsonObject> {
  const answer = await runScript(composed(), shell);
  const result = interpreted(answer);
  if (result.status === 'failed') return assert.fail(`${result.error} ${answer.stderr.text}`);
  assert.ok(checkOutput(action.output, result.output, {}).ok);
  assert.equal(answer.stderr.text, '');
  assert.ok(answer.stdout.text.length < 50_000);
  const { tasks, tasks_max: max, tasks_percent: percent } = result.output;
  assert.ok(Number(tasks) > 0 && Number(max) > 1000 && Number(percent) < 100);
  return result.output;
}

function composed(): Script {
  return scriptOf().compose(PARAMS as never, contextOf());
}

function interpreted(answer: Answer): Interpretation<JsonObject> {
  return scriptOf().interpret(answer, PARAMS as never, contextOf());
}

function scriptOf() {
  return action.work.kind === 'script' ? action.work : assert.fail('not a script');
}
