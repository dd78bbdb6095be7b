import assert from 'node:assert/strict';
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
    const [first, second] = await Promise.all([keys.read(file), keys.read(file)]);
    assert.ok(first.ok && second.ok);
    assert.equal(first.value, second.value);
    written(newKey('ecdsa').private);
    const changed = await keys.read(file);
    assert.equal(changed.ok && changed.value.type, 'ecdsa-sha2-nistp256');
  });

  it('are no longer taken once others can read them', async () => {
    const keys = new KeyFiles();
    const file = written(newKey().private);
    assert.ok((await keys.read(file)).ok);
    chmodSync(file, 0o644);
    const open = await keys.read(file);
    assert.match(open.ok ? '' : open.error.message, /can be read by others \(mode 0644\)/);
  });
});
