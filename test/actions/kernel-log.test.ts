import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KERNEL_LOG_SH } from '../../src/actions/support/kernel-log.ts';
import { runScript } from './support/run-script.ts';
import { shells } from './support/shells.ts';

describe("the kernel's messages", () => {
  for (const shell of shells()) {
    describe(`in ${shell.name}`, () => {
      let folder: string;
      beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), 'kernel-log-'));
      });
      afterEach(() => rmSync(folder, { recursive: true }));

      const program = (name: string, text: string): void => {
        writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
        chmodSync(join(folder, name), 0o755);
      };

      async function told(agoSeconds: number): Promise<readonly string[]> {
        const since = Math.floor(Date.now() / 1000) - agoSeconds;
        const script = { summary: '', text: `${KERNEL_LOG_SH}kernel_log "$since"`, variables: { since: `${since}` } };
        const answer = await runScript(script, shell, `${folder}:${process.env['PATH']}`);
        assert.deepEqual([answer.code, answer.stderr.text], [0, '']);
        return answer.stdout.text.trimEnd().split('\n');
      }

      it('come from dmesg where the journal keeps none of them, without what is much older', async () => {
        const uptime = Number(readFileSync('/proc/uptime', 'utf8').split('.')[0]);
        program('journalctl', ':');
        program(
          'dmesg',
          `printf '%s\\n' '[    1.000000] old' ' and more of it' '[${uptime - 10}.500000] young' ' and more of that'`,
        );
        assert.deepEqual(await told(60), [`[${uptime - 10}.500000] young`, ' and more of that']);
        assert.equal((await told(uptime)).length, 4);
      });

      it('are all told when they have no times', async () => {
        program('journalctl', ':');
        program('dmesg', 'echo one; echo two');
        assert.deepEqual(await told(60), ['one', 'two']);
      });
    });
  }
});
