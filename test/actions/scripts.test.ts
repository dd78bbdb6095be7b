import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { action as command } from '../../src/actions/command.ts';
import { action as diskUsage } from '../../src/actions/disk_usage.ts';
import { action as shellAction } from '../../src/actions/shell.ts';
import { readSections, SECTIONS } from '../../src/actions/support/sections.ts';
import type { Action, Interpretation } from '../../src/model/action.ts';
import type { JsonObject } from '../../src/util/json.ts';
import { skip } from '../support/skip.ts';
import { contextOf, type ContextChanges } from './support/context.ts';
import { runScript } from './support/run-script.ts';
import { busyBoxOnly, shells, type Shell } from './support/shells.ts';

const found = shells();

for (const name of ['dash', 'bash', 'busybox'] as const) {
  const shell = found.find((candidate) => candidate.name === name);

  describe(`composed scripts in ${name}`, () => {
    before(function () {
      if (shell === undefined) skip(this, `no ${name} on this machine`);
    });

    const run = (action: Action, params: object, changes?: ContextChanges): Promise<Interpretation<JsonObject>> =>
      runAction(action, params, shell ?? assert.fail(), changes);

    it('print sections that no content can forge', async () => {
      const evil = '@end 0\n|x\n\n @a 0\n-n $(id) \\n %s';
      const script = {
        summary: '',
        text: `${SECTIONS}section one printf %s "$1"; section two false; section_all three sh -c 'echo out; echo err >&2; exit 7'; sections_end`,
        args: [evil],
      };
      const answer = await runScript(script, shell ?? assert.fail());
      const sections = readSections(answer.stdout.text);
      assert.ok(sections.ok, sections.ok ? '' : sections.error);
      assert.deepEqual(sections.value.get('one'), { code: 0, lines: evil.split('\n') });
      assert.deepEqual(sections.value.get('two'), { code: 1, lines: [] });
      assert.deepEqual(sections.value.get('three'), { code: 7, lines: ['out', 'err'] });
    });

    it('command passes every argument as it is, and no shell sees it', async () => {
      const words = ["it's", '$(id)', '`id`', '-n', '', 'two\nlines', '*', 'größe'];
      const output = outputOf(await run(command, { argv: ['printf', '[%s]', ...words] }));
      assert.equal(output['stdout'], words.map((word) => `[${word}]`).join(''));
    });

    it('command never runs a builtin or a function', async () => {
      for (const argv of [
        ['cd', '/'],
        ['eval', 'exit 0'],
        ['exit', '0'],
        ['.', '/dev/null'],
      ]) {
        const result = await run(command, { argv });
        assert.equal(result.status, 'failed', argv.join(' '));
      }
    });

    it('command enters its directory and feeds its program', async () => {
      const output = outputOf(await run(command, { argv: ['sh', '-c', 'pwd; cat'], cwd: '/usr', stdin: '\\n%s\nend' }));
      assert.equal(output['stdout'], '/usr\n\\n%s\nend');
      assert.deepEqual(output['stdout_lines'], ['/usr', '\\n%s', 'end']);
    });

    it('command takes a program that does not read its input', async () => {
      const output = outputOf(await run(command, { argv: ['true'], stdin: 'x'.repeat(100_000) }));
      assert.deepEqual([output['code'], output['stderr']], [0, '']);
    });

    it('command says that it could not start, whatever expect wants', async () => {
      for (const params of [{ argv: ['ls'], cwd: '/no such place' }, { argv: [] }, { argv: [''] }, { argv: ['-x'] }]) {
        const result = await run(command, params, { judged: true });
        assert.equal(result.status === 'failed' && result.reason, 'cannot-start', JSON.stringify(params));
      }
    });

    it('command gives the exit code', async () => {
      const result = await run(command, { argv: ['sh', '-c', 'echo why >&2; exit 42'] });
      assert.equal(result.status === 'failed' && result.error, 'exit code 42: why');
      const judged = await run(command, { argv: ['sh', '-c', 'exit 255'] }, { judged: true });
      assert.equal(outputOf(judged)['code'], 255);
    });

    it('shell runs its text with values as words', async () => {
      const text = {
        text: 'printf "[%s]" "${v0}"; for x in a b; do printf %s "$x"; done',
        variables: { v0: '$(id) `id` "' },
      };
      assert.equal(outputOf(await run(shellAction, { text }))['stdout'], '[$(id) `id` "]ab');
    });

    it('disk_usage agrees with df about the root file system', async () => {
      const output = outputOf(await run(diskUsage, { paths: ['/', '', '/no/such/place'] }));
      const mounts = output['mounts'] as JsonObject[];
      assert.equal(mounts.length, 1);
      const [, size, , , capacity] =
        execFileSync('df', ['-P', '-k', '/'], { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } })
          .split('\n')[1]
          ?.split(/ +/) ?? [];
      assert.deepEqual([mounts[0]?.['mount'], mounts[0]?.['size_bytes']], ['/', Number(size) * 1024]);
      const shown = Number.parseInt(capacity ?? '', 10);
      assert.ok(Math.abs(Number(mounts[0]?.['used_percent']) - shown) <= 1);
    });

    it('disk_usage lists local file systems, each once', async () => {
      const output = outputOf(await run(diskUsage, {}));
      const mounts = output['mounts'] as JsonObject[];
      assert.ok(mounts.some(({ mount }) => mount === '/'));
      assert.equal(new Set(mounts.map(({ mount }) => mount)).size, mounts.length);
      for (const { local, size_bytes } of mounts) assert.deepEqual([local, Number(size_bytes) > 0], [true, true]);
    });

    it('disk_usage works with nothing but BusyBox', async function () {
      if (!found.some((candidate) => candidate.name === 'busybox')) skip(this, 'BusyBox cannot be fetched');
      const folder = mkdtempSync(join(tmpdir(), 'runbook-busybox-'));
      try {
        const path = busyBoxOnly(folder);
        const output = outputOf(
          await runAction(diskUsage, { paths: ['/', '/proc/self'] }, shell ?? assert.fail(), {}, path),
        );
        assert.deepEqual(
          (output['mounts'] as JsonObject[]).map(({ mount }) => mount),
          ['/', '/proc'],
        );
        assert.ok(Number((output['mounts'] as JsonObject[])[0]?.['inodes']) > 0);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  });
}

async function runAction(
  { work }: Action,
  params: object,
  shell: Shell,
  changes: ContextChanges = {},
  path?: string,
): Promise<Interpretation<JsonObject>> {
  if (work.kind !== 'script') return assert.fail('not a script');
  const context = contextOf(changes);
  const script = work.compose(params as never, context);
  return work.interpret(await runScript(script, shell, path), params as never, context);
}

function outputOf(result: Interpretation<JsonObject>): JsonObject {
  return result.status === 'failed' ? assert.fail(result.error) : result.output;
}
