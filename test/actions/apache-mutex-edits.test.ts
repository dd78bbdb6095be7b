import assert from 'node:assert/strict';
import { compareReading, readIncludes } from '../../src/actions/support/apache-includes.ts';
import type { Conditions } from '../../src/actions/support/apache-lines.ts';
import {
  acceptMutexEdits,
  mutexEdits,
  type MutexEdit,
  type MutexWish,
} from '../../src/actions/support/apache-mutex-edits.ts';
import type { ConfigFile } from '../../src/actions/support/apache-mutex-lines.ts';

const CONDITIONS: Conditions = {
  modules: new Set(['mpm_prefork_module']),
  defines: new Set(),
  variables: new Map(),
  version: '2.4.68',
};
const MAIN = '/etc/apache2/apache2.conf';
const SNIPPET = { path: '/etc/apache2/conf-available/runbook-mutex.conf', ours: true };
const WISH: MutexWish = { argument: 'file:${APACHE_LOCK_DIR}', types: ['default'] };

describe('where the mutex of Apache is set', () => {
  it('is the line that decides; nothing else in its file changes by a byte', () => {
    const before =
      '# Mutex posixsem default\r\n\tmutex  sysvsem   default OmitPID \r\nListen 80\r\n\r\n# no newline at the end';
    assert.deepEqual(edits([main(before)]), [
      {
        path: MAIN,
        text: before.replace('\tmutex  sysvsem   default OmitPID ', '\tmutex  file:${APACHE_LOCK_DIR} default OmitPID'),
      },
    ]);
  });

  it('is the default for a line that names no mutex', () => {
    assert.deepEqual(edits([main('Mutex sysvsem\n')]), [{ path: MAIN, text: 'Mutex file:${APACHE_LOCK_DIR}\n' }]);
  });

  it('is the last of two lines in one file', () => {
    assert.deepEqual(edits([main('Mutex pthread default\nMutex sysvsem default\n')]), [
      { path: MAIN, text: 'Mutex pthread default\nMutex file:${APACHE_LOCK_DIR} default\n' },
    ]);
  });

  it('is the last in the order of reading: a file counts where it is included', () => {
    const included = (at: readonly number[]): ConfigFile => ({ path: '/x.conf', text: 'Mutex sysvsem default\n', at });
    const before = main('\nMutex sysvsem default\nInclude x.conf\n');
    assert.deepEqual(
      edits([before, included([3, 1])]).map(({ path }) => path),
      ['/x.conf'],
    );
    assert.deepEqual(
      edits([included([1, 1]), before]).map(({ path }) => path),
      [MAIN],
    );
  });

  it('is no comment, not even one that goes on in the next line, and nothing in a block that is not in force', () => {
    const text = '# off: \\\nMutex sysvsem default\n<IfModule mpm_event_module>\nMutex sysvsem default\n</IfModule>\n';
    assert.deepEqual(
      edits([main(text)]).map(({ path }) => path),
      [SNIPPET.path],
    );
  });

  it('is one line afterwards where it was spread over several', () => {
    const text = 'Mutex \\\n  sysvsem \\\n  default\nListen 80\n';
    assert.deepEqual(edits([main(text)]), [
      { path: MAIN, text: 'Mutex   file:${APACHE_LOCK_DIR} default\nListen 80\n' },
    ]);
  });

  it('may have a quoted directory with blanks', () => {
    const text = 'Mutex "file:/var/lock dir" default\n';
    assert.deepEqual(edits([main(text)], { argument: '"file:/a b"', types: ['default'] }), [
      { path: MAIN, text: 'Mutex "file:/a b" default\n' },
    ]);
  });

  it('is another line for accept where that has one of its own', () => {
    const text = 'Mutex sysvsem mpm-accept ssl-cache\nMutex posixsem default\n';
    assert.deepEqual(edits([main(text)], { ...WISH, types: ['mpm-accept'] }), [
      { path: MAIN, text: 'Mutex file:${APACHE_LOCK_DIR} mpm-accept ssl-cache\nMutex posixsem default\n' },
    ]);
    assert.deepEqual(edits([main(text)], { ...WISH, types: ['default', 'mpm-accept'] }), [
      {
        path: MAIN,
        text: 'Mutex file:${APACHE_LOCK_DIR} mpm-accept ssl-cache\nMutex file:${APACHE_LOCK_DIR} default\n',
      },
    ]);
  });

  it('is a file of its own where no line decides, whatever that file held', () => {
    const stale: ConfigFile = { path: SNIPPET.path, text: 'left over', at: [] };
    const [added, ...more] = edits([main('Listen 80\n'), stale]);
    assert.equal(more.length, 0);
    assert.equal(added?.path, SNIPPET.path);
    assert.match(added?.text ?? '', /^# .*\nMutex file:\$\{APACHE_LOCK_DIR\} default\n$/);
  });

  it('is the end of the main file where there is no folder for more', () => {
    assert.deepEqual(edits([main('Listen 80')], WISH, { path: MAIN, ours: false }), [
      { path: MAIN, text: 'Listen 80\nMutex file:${APACHE_LOCK_DIR} default\n' },
    ]);
  });
});

describe('where the accept mutex of Apache 2.2 is set', () => {
  const wish = { mechanism: 'fcntl', lockFile: '/var/lock/accept.lock' };
  const place = { path: MAIN, ours: false };

  it('is AcceptMutex, with a LockFile', () => {
    assert.deepEqual(acceptMutexEdits([main('AcceptMutex sysvsem\n')], CONDITIONS, wish, place), [
      { path: MAIN, text: 'AcceptMutex fcntl\nLockFile /var/lock/accept.lock\n' },
    ]);
  });

  it('keeps a LockFile that is there, when no other is asked for', () => {
    const text = 'LockFile logs/accept.lock\nListen 80\n';
    assert.deepEqual(acceptMutexEdits([main(text)], CONDITIONS, { ...wish, lockFile: undefined }, place), [
      { path: MAIN, text: 'LockFile logs/accept.lock\nListen 80\nAcceptMutex fcntl\n' },
    ]);
  });
});

describe('the order in which Apache reads its files', () => {
  const DUMP = [
    'Included configuration files:',
    '  (*) /etc/apache2/apache2.conf',
    '    (146) /etc/apache2/mods-enabled/a.load',
    '    (222) /etc/apache2/conf-enabled/b.conf',
    '      (2) /etc/apache2/nested.conf',
    '    (225) /etc/apache2/sites-enabled/c.conf',
    'Syntax OK',
  ];

  it('is told by the lines that include them', () => {
    const files = readIncludes(DUMP);
    assert.deepEqual(
      files.map(({ path, at }) => [path.slice('/etc/apache2/'.length), at.length]),
      [
        ['apache2.conf', 0],
        ['mods-enabled/a.load', 2],
        ['conf-enabled/b.conf', 2],
        ['nested.conf', 4],
        ['sites-enabled/c.conf', 2],
      ],
    );
  });

  it('puts what is included between the lines around it', () => {
    const [, a, b, nested, c] = readIncludes(DUMP).map(({ at }) => at);
    assert.ok(a && b && nested && c);
    const order = [[145], [...a, 1], [...a, 9], [200], [...b, 1], [...nested, 50], [...b, 3], [...c, 1], [300]];
    assert.deepEqual(order.toReversed().toSorted(compareReading), order);
  });
});

function main(text: string): ConfigFile {
  return { path: MAIN, text, at: [] };
}

function edits(
  files: readonly ConfigFile[],
  wish: MutexWish = WISH,
  place: Parameters<typeof mutexEdits>[3] = SNIPPET,
): readonly MutexEdit[] {
  return mutexEdits(files, CONDITIONS, wish, place);
}
