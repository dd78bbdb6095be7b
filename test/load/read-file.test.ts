import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSource } from '../../src/load/read-file.ts';
import { inTime } from '../support/in-time.ts';

function codeOf(path: string): string {
  const source = readSource(path);
  return source.ok ? 'ok' : `${source.error.code} ${source.error.message}`;
}

describe('A file given by path', () => {
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'read-file-'));
  });

  after(() => {
    rmSync(folder, { recursive: true });
  });

  function written(name: string, content: string | Buffer, mode = 0o644): string {
    const path = join(folder, name);
    writeFileSync(path, content);
    chmodSync(path, mode);
    return path;
  }

  it('is read as it is, with its byte order mark', () => {
    const source = readSource(written('bom.yaml', '\uFEFFa: é\n'));
    assert.ok(source.ok);
    assert.equal(source.value.text, '\uFEFFa: é\n');
  });

  it('may be a link to a file, and hold U+FFFD', () => {
    symlinkSync(written('real.yaml', 'a: \uFFFD\n'), join(folder, 'link.yaml'));
    assert.equal(codeOf(join(folder, 'link.yaml')), 'ok');
  });

  it('is refused when it is not UTF-8, with the offset of the first wrong byte', () => {
    assert.equal(
      codeOf(written('latin.yaml', Buffer.from('a: \u00e9\n', 'latin1'))),
      'E_ENCODING the file is not UTF-8, at byte offset 3',
    );
    assert.equal(
      codeOf(written('half.yaml', Buffer.from([0x61, 0xc3, 0xa9, 0xed, 0xa0, 0x80]))),
      'E_ENCODING the file is not UTF-8, at byte offset 3',
    );
    assert.equal(
      codeOf(written('cut.yaml', Buffer.from([0xef, 0xbf, 0xbd, 0xe2, 0x82]))),
      'E_ENCODING the file is not UTF-8, at byte offset 3',
    );
  });

  it('is refused when it is UTF-16', () => {
    assert.match(
      codeOf(written('utf16.yaml', Buffer.from('\uFEFFa: 1\n', 'utf16le'))),
      /^E_ENCODING the file is UTF-16/,
    );
  });

  it('is refused above 1 MiB', () => {
    assert.equal(codeOf(written('exact.yaml', 'a'.repeat(1_048_576))), 'ok');
    assert.match(codeOf(written('large.yaml', 'a'.repeat(1_048_577))), /^E_SIZE/);
  });

  it('is refused when it is no regular file, without waiting for it', () => {
    const fifo = join(folder, 'fifo');
    assert.equal(spawnSync('mkfifo', [fifo]).status, 0);
    const started = performance.now();
    for (const path of [fifo, '/dev/zero', '/dev/null', folder]) assert.match(codeOf(path), /^E_NOTFILE/);
    assert.ok(performance.now() - started < inTime(500));
  });

  it('is refused when everybody may write it', () => {
    assert.match(codeOf(written('open.yaml', 'a: 1\n', 0o666)), /^E_PERM/);
    assert.equal(codeOf(written('group.yaml', 'a: 1\n', 0o664)), 'ok');
  });

  it('that is not there is said so', () => {
    assert.match(codeOf(join(folder, 'absent.yaml')), /^E_READ there is no such file/);
  });
});
