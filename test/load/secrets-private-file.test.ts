import assert from 'node:assert/strict';
import { chmodSync, chownSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isThere, readPrivateFile, type Readers } from '../../src/load/secrets-private-file.ts';
import { skip } from '../support/skip.ts';

describe('A file with secrets', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'secrets-'));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  function written(name: string, mode: number, content: string | Buffer = 'a: x\n'): string {
    const path = join(folder, name);
    writeFileSync(path, content);
    chmodSync(path, mode);
    return path;
  }

  it('is read when nobody else may touch it', () => {
    for (const mode of [0o600, 0o400, 0o700]) assert.equal(problemOf(written('own', mode)), 'none');
  });

  const open: readonly (readonly [mode: number, may: string])[] = [
    [0o640, 'read'],
    [0o604, 'read'],
    [0o620, 'change'],
    [0o602, 'change'],
    [0o610, 'run'],
    [0o666, 'read and change'],
  ];
  for (const [mode, may] of open) {
    it(`is refused with the mode ${mode.toString(8)}, with the command to close it`, () => {
      const path = written('open', mode);
      assert.equal(problemOf(path), `E_PERM other users may ${may} this file | chmod 600 ${path}`);
    });
  }

  it('may be read by a group when it is a credential, and by no more', () => {
    assert.equal(problemOf(written('credential', 0o440), 'a group'), 'none');
    for (const mode of [0o444, 0o460, 0o450]) {
      assert.match(problemOf(written('credential', mode), 'a group'), /^E_PERM /);
    }
  });

  it('is refused when it belongs to another user', function () {
    if (process.getuid?.() !== 0) skip(this, 'needs root');
    const path = written('foreign', 0o600);
    chownSync(path, 4711, 4711);
    assert.equal(
      problemOf(path),
      `E_OWNER the file belongs to the user with uid 4711, who may read and change it | make it yours when you trust what is in it: chown 0 ${path}`,
    );
  });

  it('may be a link to one that passes the same', () => {
    symlinkSync(written('target', 0o600), join(folder, 'link'));
    assert.equal(problemOf(join(folder, 'link')), 'none');
    written('target', 0o644);
    assert.match(problemOf(join(folder, 'link')), /^E_PERM /);
  });

  it('is refused above 1 MiB, and when it is no regular file', () => {
    assert.equal(problemOf(written('exact', 0o600, 'a'.repeat(1_048_576))), 'none');
    assert.match(problemOf(written('large', 0o600, 'a'.repeat(1_048_577))), /^E_SIZE the file is larger than 1 MiB/);
    assert.match(problemOf('/dev/zero'), /^E_NOTFILE /);
    assert.match(problemOf(folder), /^E_NOTFILE /);
  });

  it('is there when a link of its name leads nowhere: somebody meant it', () => {
    symlinkSync(join(folder, 'gone'), join(folder, 'dangling'));
    assert.deepEqual([join(folder, 'dangling'), join(folder, 'absent'), '/dev/null/absent'].map(isThere), [
      true,
      false,
      false,
    ]);
    assert.match(problemOf(join(folder, 'dangling')), /^E_READ there is no such file/);
  });
});

function problemOf(path: string, readers: Readers = 'nobody else'): string {
  const read = readPrivateFile(path, 'a secrets file', readers);
  return read.ok ? 'none' : `${read.error.code} ${read.error.message} | ${read.error.hint}`;
}
