import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KeyFiles } from '../../src/transports/ssh/key-files.ts';
import { newKey } from './ssh-server.ts';

describe('private key files', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'runbook-key-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const written = (text: string): string => {
    const file = join(folder, 'key');
    writeFileSync(file, text);
    chmodSync(file, 0o600);
    return file;
  };

  it('are read once for all hosts, and again when they have changed', async () => {
    const keys = new KeyFiles();
    const file = written(newKey().private);
    const [first, second] = await Promise.all([keys.unlock(file, undefined), keys.unlock(file, undefined)]);
    assert.ok(first.ok && second.ok);
    assert.equal(first.value, second.value);
    written(newKey('ecdsa').private);
    const changed = await keys.unlock(file, undefined);
    assert.equal(changed.ok && changed.value.asymmetricKeyType, 'ec');
  });

  it('are not waited for where they are a pipe or a device', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', ['-m', '600', pipe, `${pipe}.pub`]);
    for (const file of [pipe, '/dev/zero']) {
      const read = await new KeyFiles().read(file);
      assert.equal(read.problem?.why, "can't be read: it is no file");
    }
  });

  it('are no longer taken once others can read them', async () => {
    const keys = new KeyFiles();
    const file = written(newKey().private);
    assert.equal((await keys.read(file)).problem, undefined);
    chmodSync(file, 0o644);
    for (let round = 0; round < 2; round += 1) {
      const open = await keys.unlock(file, undefined);
      assert.match(open.ok ? '' : open.error.why, /can be read by others \(mode 0644\)/);
    }
  });
});
