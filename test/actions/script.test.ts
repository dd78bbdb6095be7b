import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { action } from '../../src/actions/script.ts';
import type { Interpretation } from '../../src/model/action.ts';
import type { Script } from '../../src/model/script.ts';
import type { JsonObject } from '../../src/util/json.ts';
import { skip } from '../support/skip.ts';
import { contextOf } from './support/context.ts';
import { runScript } from './support/run-script.ts';
import { busyBoxOnly, shells, type Shell } from './support/shells.ts';

for (const name of ['dash', 'bash', 'busybox'] as const) {
  describe(`script in ${name}`, () => {
    let shell: Shell;

    before(function () {
      shell = shells().find((candidate) => candidate.name === name) ?? skip(this, `no ${name} on this machine`);
    });

    async function run(
      content: string,
      params: object = {},
      path?: string,
      judged = false,
    ): Promise<Interpretation<JsonObject>> {
      const all = { src: { path: 'scripts/a b.sh', content }, ...params };
      const answer = await runScript(compose(all), shell, path);
      return action.work.kind === 'script'
        ? action.work.interpret(answer, all as never, contextOf({ judged }))
        : assert.fail();
    }

    for (const [title, content] of [
      ['sh', 'printf "[%s]" "$@"; printf "|"; cat; printf "|"; pwd'],
      ['perl', '#!/usr/bin/perl -w\nprint((map { "[$_]" } @ARGV), "|", <STDIN>, "|"); exec "pwd"'],
    ] as const) {
      it(`${title} is given its arguments as they are, its input and its directory`, async () => {
        const args = ["it's", '$(id)', '`id`', '', 'two\nlines', '-n', 'größe'];
        const words = args.map((word) => `[${word}]`).join('');
        assert.equal(outputOf(await run(content, { args }))['stdout'], `${words}||/\n`);
        const stdin = '\\n%s\nend';
        const output = outputOf(await run(content, { args, stdin, cwd: '/usr' }));
        assert.deepEqual([output['stdout'], output['stderr']], [`${words}|${stdin}|/usr\n`, '']);
      });
    }

    it('runs sh with the options of its #! line, and counts lines as the file has them', async () => {
      const stopped = await run('#!/bin/sh -eu\nfalse\necho never\n');
      assert.equal(errorOf(stopped), 'exit code 1, without a word');
      assert.match(errorOf(await run('#!/usr/bin/env sh\n:\n. /no/such/file\n')), /3/);
      assert.equal(outputOf(await run(''))['code'], 0);
    });

    it('takes more than a pipe holds, and a script that ends before its end', async () => {
      const filler = '# filler\n'.repeat(11_000);
      assert.equal(outputOf(await run(`${filler}echo done`))['stdout'], 'done\n');
      for (const stdin of [undefined, 'x'.repeat(10_000)]) {
        const output = outputOf(await run(`echo done; exit 0\n${filler}`, { ...(stdin !== undefined && { stdin }) }));
        assert.deepEqual([output['stdout'], output['stderr']], ['done\n', '']);
      }
    });

    it('keeps its own pipes from what the script starts', async () => {
      const content = 'for fd in 3 4; do [ -e "/proc/self/fd/$fd" ] && echo "$fd"; done; echo checked';
      for (const stdin of [undefined, 'x'])
        assert.equal(
          outputOf(await run(`sh -c '${content}'`, { ...(stdin !== undefined && { stdin }) }))['stdout'],
          'checked\n',
        );
    });

    it('runs what a #! line names from a file that nobody else can read, and removes it', async () => {
      const content =
        '#!/usr/bin/perl\nuse File::Basename; printf "%s %o %o %s", $0, (stat dirname $0)[2] & 0777, (stat $0)[2] & 0777, -s $0;';
      const output = String(outputOf(await run(content))['stdout']);
      const [, file = '', folderMode, fileMode, size] = /^(\S+) (\d+) (\d+) (\d+)$/.exec(output) ?? [];
      assert.match(file, /^\/(?:run|dev\/shm|tmp|var\/tmp)\/runbook\.\w+\/a_b\.sh$/);
      assert.deepEqual([folderMode, fileMode, Number(size)], ['700', '600', content.length]);
      assert.equal(existsSync(dirname(file)), false);
      const failing = errorOf(await run('#!/usr/bin/perl\nprint $0; exit 3'));
      const [, left = ''] = /^exit code 3: (\S+)$/.exec(failing) ?? [];
      assert.equal(existsSync(dirname(left || assert.fail(failing))), false);
    });

    it('removes the file when the step is ended', async () => {
      const script = compose({ src: { path: 'a.pl', content: '#!/usr/bin/perl\n$| = 1; print "$0\n"; sleep 600;' } });
      const { child, line } = await startScript(script, shell);
      process.kill(-(child.pid ?? assert.fail()), 'SIGTERM');
      const [code] = (await once(child, 'close')) as [number | null];
      assert.equal(code, 143);
      assert.equal(existsSync(dirname(line)), false);
    });

    it('tells a script that could not start, whatever expect wants', async () => {
      const refused = async (content: string, params: object = {}): Promise<string> => {
        const result = await run(content, { ...params }, undefined, true);
        assert.equal(result.status === 'failed' && result.reason, 'cannot-start');
        return errorOf(result);
      };
      assert.equal(await refused('#!/no/such/python3 -u\n'), 'cannot run it: the host has no /no/such/python3');
      assert.equal(await refused(':', { cwd: '/no such place' }), 'cannot enter /no such place');
      assert.equal(
        await refused('#!/bin/sh\r\necho\r\n'),
        'cannot run it: its lines end with CR LF; save it with LF alone',
      );
      assert.equal(await refused('#!python3\n'), 'cannot run it: its #! line names python3, which is no absolute path');
    });

    it('leaves the exit code to expect where there is one', async () => {
      assert.equal(errorOf(await run('echo why >&2; exit 42')), 'exit code 42: why');
      assert.equal(outputOf(await run('exit 42', {}, undefined, true))['code'], 42);
      assert.equal(outputOf(await run('#!/usr/bin/perl\nexit 255', {}, undefined, true))['code'], 255);
    });

    if (name !== 'busybox') return;

    it('needs nothing but BusyBox', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'runbook-busybox-'));
      try {
        const path = busyBoxOnly(folder);
        const awk = `#!${join(folder, 'awk')} -f\nBEGIN { print ARGV[1] } { print }\n`;
        assert.equal(outputOf(await run(awk, { args: ['-'], stdin: 'line\n' }, path))['stdout'], '-\nline\n');
        assert.equal(outputOf(await run('cat', { stdin: 'line\n' }, path))['stdout'], 'line\n');
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  });
}

function compose(params: object): Script {
  return action.work.kind === 'script' ? action.work.compose(params as never, contextOf()) : assert.fail();
}

/** In a process group of its own, as on a host; with the first line it printed. */
async function startScript(script: Script, shell: Shell): Promise<{ child: ChildProcess; line: string }> {
  const assignments = Object.entries(script.variables ?? {}).map(([name, value]) => `${name}='${String(value)}'\n`);
  const [program, ...options] = shell.argv;
  const child = spawn(program, [...options, '-c', assignments.join('') + script.text], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { child, line };
}

function outputOf(result: Interpretation<JsonObject>): JsonObject {
  return result.status === 'failed' ? assert.fail(result.error) : result.output;
}

function errorOf(result: Interpretation<JsonObject>): string {
  return result.status === 'failed' ? result.error : assert.fail('it did not fail');
}
