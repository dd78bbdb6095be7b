import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { action } from '../../src/actions/systemd_dropin.ts';
import type { Script } from '../../src/model/script.ts';
import { skip } from '../support/skip.ts';
import { FileRig, type FileStep, type Hands } from './support/file-rig.ts';
import { runScript } from './support/run-script.ts';
import { shells } from './support/shells.ts';

/** Answers as systemd does for one unit, whose drop-ins are what its folder holds; `$1` of `verify` may be complained of. */
const SYSTEMCTL = `#!/bin/sh
case "$*" in
  *daemon-reload*) echo reload >>"$ROOT/log"; [ ! -e "$ROOT/deaf" ] ;;
  *LoadState*) echo "LoadState=$(cat "$ROOT/state")" ;;
  *DropInPaths*) echo "DropInPaths=$(echo "$ROOT"/app.service.d/*.conf)" ;;
esac
`;
const ANALYZE = `#!/bin/sh
[ ! -e "$ROOT/complaint" ] || cat "$ROOT/complaint" >&2
`;

function refused(step: FileStep, pattern: RegExp): void {
  if (step.status !== 'failed') return assert.fail(`it ended ${step.status}`);
  assert.match(step.error, pattern);
  assert.ok(step.untouched);
}

for (const shell of shells()) {
  describe(`systemd_dropin in ${shell.name}`, () => {
    let root: string;
    let rig: FileRig;

    before(function () {
      if (process.getuid?.() !== 0) skip(this, 'needs root');
    });

    beforeEach(() => {
      root = mkdtempSync(join(tmpdir(), 'dropin-'));
      write('state', 'loaded');
      write('bin/systemctl', SYSTEMCTL.replaceAll('$ROOT', root));
      write('bin/systemd-analyze', ANALYZE.replaceAll('$ROOT', root));
      for (const name of ['systemctl', 'systemd-analyze']) chmodSync(join(root, 'bin', name), 0o755);
      const path = `${join(root, 'bin')}:${process.env['PATH']}`;
      const run = (script: Script) =>
        runScript({ ...script, args: (script.args ?? []).map((word) => here(String(word))) }, shell, path);
      const hands: Hands = {
        read: (script) => run({ ...script, text: script.text.replaceAll('/var/lib/runbook', join(root, 'store')) }),
        change: run,
      };
      rig = new FileRig(hands);
    });

    afterEach(() => rmSync(root, { recursive: true }));

    const here = (path: string): string => path.replace('/etc/systemd/system', root);

    function write(name: string, text: string): void {
      mkdirSync(join(root, name, '..'), { recursive: true });
      writeFileSync(join(root, name), text);
    }

    const dropin = (): string => join(root, 'app.service.d', 'files.conf');
    const reloads = (): number =>
      existsSync(join(root, 'log')) ? readFileSync(join(root, 'log'), 'utf8').trimEnd().split('\n').length : 0;

    const set = (settings: Readonly<Record<string, string>>): Promise<FileStep> =>
      rig.run(action, { unit: 'app', name: 'files', section: 'Service', settings });

    it('writes the file in a directory of its own, has it read, and is undone with both', async () => {
      const step = await set({ LimitNOFILE: '4096', TasksMax: '10%%' });
      if (step.status !== 'changed') return assert.fail(step.status);
      assert.equal(readFileSync(dropin(), 'utf8'), '# Set by runbook.\n[Service]\nLimitNOFILE=4096\nTasksMax=10%%\n');
      assert.equal(reloads(), 1);
      const [file, folder, reload] = step.change.undo;
      assert.equal(reload?.action, 'systemd_reload');
      assert.deepEqual(await rig.undo([file, folder].filter((undo) => undo !== undefined)), ['changed', 'changed']);
      assert.equal(existsSync(join(root, 'app.service.d')), false);
    });

    it('does nothing when it is so already', async () => {
      await set({ LimitNOFILE: '4096' });
      assert.equal((await set({ LimitNOFILE: '4096' })).status, 'ok');
      assert.equal(reloads(), 1);
    });

    it('is put back, and read again, when systemd does not understand it', async () => {
      write('complaint', `/lib/other.service:1: odd\n${dropin()}:3: Unknown key name 'LimitNOFLE', ignoring.\n`);
      refused(
        await set({ LimitNOFLE: '1' }),
        /put back, for systemd says: .*files\.conf:3: Unknown key name 'LimitNOFLE'/,
      );
      assert.equal(existsSync(join(root, 'app.service.d')), false);
      assert.equal(reloads(), 2);
    });

    it('does not mind what systemd says of the files of others', async () => {
      write('complaint', '/lib/other.service:1: odd\n');
      assert.equal((await set({ LimitNOFILE: '1' })).status, 'changed');
    });

    it('gives way to a drop-in that is read later and sets the same', async () => {
      write('app.service.d/zz.conf', '[Service]\n  LimitNOFILE = 99\n');
      refused(await set({ LimitNOFILE: '4096' }), /put back, for .*zz\.conf is read later and sets LimitNOFILE too/);
      assert.equal(existsSync(dropin()), false);
      assert.equal((await set({ TasksMax: '5' })).status, 'changed');
    });

    it('brings the former file back when systemd cannot read its files', async () => {
      write('app.service.d/files.conf', 'former\n');
      write('deaf', '');
      refused(await set({ LimitNOFILE: '4096' }), /systemd could not read it/);
      assert.equal(readFileSync(dropin(), 'utf8'), 'former\n');
    });

    it('writes nothing for a unit that systemd does not know', async () => {
      write('state', 'not-found');
      refused(await set({ LimitNOFILE: '4096' }), /systemd cannot load app\.service: its state is not-found/);
      assert.equal(reloads(), 0);
    });
  });
}
