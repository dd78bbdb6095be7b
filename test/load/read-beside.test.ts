import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readBeside } from '../../src/load/read-beside.ts';
import { loadRunbook, type LoadedRunbook } from '../../src/load/runbook.ts';
import type { Action } from '../../src/model/action.ts';
import { TEST_ACTIONS } from '../support/actions-for-tests.ts';
import { changed } from '../support/base-runbook.ts';
import { scopeWith } from '../support/scope.ts';

const script: Action = {
  ...(TEST_ACTIONS.get('command') ?? assert.fail()),
  name: 'script',
  params: { src: { type: { kind: 'source-file' }, description: 'A file.' } },
};
const actions = new Map([...TEST_ACTIONS, ['script', script]]);

describe('A file that a runbook names', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'read-beside-'));
    mkdirSync(join(folder, 'runbooks'));
    write('runbooks/free.sh', 'rm -f /srv/cache/*\n');
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function write(path: string, content: string | Buffer, mode = 0o644): void {
    writeFileSync(join(folder, path), content);
    chmodSync(join(folder, path), mode);
  }

  function load(src: string, text = withScript(src)): LoadedRunbook {
    const file = join(folder, 'runbooks/base.yaml');
    return loadRunbook({ file, text }, actions, readBeside(file));
  }

  /** Place, code and message of the first error; `ok`. */
  function complaintAbout(src: string): string {
    const [first] = load(src).diagnostics;
    if (first === undefined) return 'ok';
    return `${first.at.start.line}:${first.at.start.column} ${first.code} ${first.message}`;
  }

  it('is given to the action with its content', () => {
    const { runbook } = load('free.sh');
    const params = runbook?.fix[0]?.params.evaluate(scopeWith({}));
    assert.deepEqual(params, { ok: true, value: { src: { path: 'free.sh', content: 'rm -f /srv/cache/*\n' } } });
  });

  it('is part of the hash of what was checked', () => {
    const before = load('free.sh').runbook?.sha256;
    assert.match(before ?? '', /^[0-9a-f]{64}$/);
    assert.equal(load('free.sh').runbook?.sha256, before);
    write('runbooks/free.sh', 'rm -f /srv/cache/* /srv/data/*\n');
    assert.notEqual(load('free.sh').runbook?.sha256, before);
  });

  it('leaves the hash of a runbook without files that of its bytes', () => {
    const text = changed('summary: A service', 'summary: Some service');
    const alone = loadRunbook({ file: 'runbooks/base.yaml', text }, actions).runbook?.sha256;
    assert.equal(load('', text).runbook?.sha256, alone);
  });

  it('may be in a folder below, reached by a link that stays there, or anywhere by an absolute path', () => {
    mkdirSync(join(folder, 'runbooks/scripts'));
    write('runbooks/scripts/a.sh', ':\n');
    symlinkSync('scripts/a.sh', join(folder, 'runbooks/link.sh'));
    write('elsewhere.sh', ':\n');
    for (const src of ['scripts/a.sh', './scripts/../scripts/a.sh', 'link.sh', join(folder, 'elsewhere.sh')])
      assert.equal(complaintAbout(src), 'ok', src);
  });

  it('may be named relatively when the folder of the runbook is a link itself', () => {
    symlinkSync(join(folder, 'runbooks'), join(folder, 'linked'));
    const read = readBeside(join(folder, 'linked/base.yaml'))('free.sh');
    assert.equal(read.ok && read.value, 'rm -f /srv/cache/*\n');
  });

  it('is refused when a relative path leaves the folder of the runbook, by .. or by a link', () => {
    write('secret', 'key\n');
    symlinkSync(join(folder, 'secret'), join(folder, 'runbooks/link.sh'));
    symlinkSync(folder, join(folder, 'runbooks/up'));
    for (const src of ['../secret', 'link.sh', 'up/secret', 'up/runbooks/../secret'])
      assert.match(complaintAbout(src), /^20:20 E_PATH src: "\S+": this leads out of the folder/, src);
  });

  it('may have a name that begins with two dots', () => {
    write('runbooks/..a.sh', ':\n');
    assert.equal(complaintAbout('..a.sh'), 'ok');
  });

  it('is refused at its place when it cannot be taken', () => {
    write('runbooks/large', 'x'.repeat(262_145));
    write('runbooks/latin', Buffer.from([0x61, 0xe9]));
    write('runbooks/binary', 'é\0');
    write('runbooks/open', ':\n', 0o666);
    symlinkSync('loop', join(folder, 'runbooks/loop'));
    const expected = {
      absent: 'E_READ src: "absent": there is no such file',
      '.': 'E_NOTFILE src: ".": this is a directory',
      '/dev/null': 'E_NOTFILE src: "/dev/null": this is not a regular file',
      large: 'E_SIZE src: "large": the file is larger than 256 KiB',
      latin: 'E_ENCODING src: "latin": the file is not UTF-8, at byte offset 1',
      binary: 'E_CONTROL src: "binary": the file is not text: NUL at byte offset 2',
      open: 'E_PERM src: "open": every user may write this file',
    };
    for (const [src, complaint] of Object.entries(expected)) assert.equal(complaintAbout(src), `20:20 ${complaint}`);
    assert.match(complaintAbout('loop'), /^20:20 E_READ src: "loop": the file cannot be read: ELOOP/);
    assert.match(complaintAbout('free.sh/x'), /^20:20 E_READ src: "free.sh\/x": the file cannot be read: ENOTDIR/);
  });

  it('may have 256 KiB', () => {
    write('runbooks/large', 'x'.repeat(262_144));
    assert.equal(complaintAbout('large'), 'ok');
  });

  it('is no expression and no number', () => {
    assert.match(complaintAbout('"${{ params.service }}"'), /E_TYPE src: the path of a file cannot be computed$/);
    assert.match(complaintAbout('7'), /E_TYPE src: expected the path of a file, found 7$/);
    assert.match(complaintAbout('[a]'), /E_TYPE src: expected the path of a file, found a list$/);
  });

  it('is refused where a runbook is no file', () => {
    const { diagnostics } = loadRunbook({ file: 'runbooks/base.yaml', text: withScript('free.sh') }, actions);
    assert.deepEqual(
      diagnostics.map(({ code }) => code),
      ['E_READ'],
    );
  });
});

function withScript(src: string): string {
  return changed(
    'service: { name: "${{ svc.unit }}", state: started }',
    `script: { src: ${src} }\n    undo: { none: a }`,
  );
}
