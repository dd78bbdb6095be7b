import assert from 'node:assert/strict';
import { complaintsOf, type SeenHost } from '../../../src/app/doctor/host-rules.ts';
import type { HostLook } from '../../../src/app/doctor/look.ts';

const ALL = ['setsid', 'perl', 'mkfifo', 'mknod', 'flock', 'dd', 'tee', 'grep', 'logger', 'sha256sum', 'curl', 'wget'];

function host(look: Partial<HostLook> = {}, more: Partial<SeenHost> = {}): SeenHost {
  return {
    look: {
      tools: new Set(ALL),
      hasProc: true,
      uid: 0,
      ledger: { path: '/run/runbook', state: 'absent', canBeMade: true },
      spaces: [
        { path: '/run', freeBytes: 1e8, freeInodes: 1e5 },
        { path: '/tmp', freeBytes: 1e9, freeInodes: 1e5 },
      ],
      isLocked: false,
      lockNote: [],
      keptBytes: 0,
      loginObjects: 0,
      hasLogind: true,
      ...look,
    },
    connectMs: 200,
    aheadMs: 0,
    forwards: true,
    loginUser: 'deploy',
    os: 'debian',
    ...more,
  };
}

const without = (...names: readonly string[]) => ({ tools: new Set(ALL.filter((name) => !names.includes(name))) });
const folder = (mode: string, owner = 0, isWritable = true, isLockOther = false) =>
  ({ ledger: { path: '/run/runbook', state: 'folder', mode, owner, isWritable, isLockOther } }) as const;
const NOTE = ['run 01k', 'runbook x', 'by ann@desk', 'since 2026'];

describe('what the doctor says of a host', () => {
  it('is nothing when all is there', () => {
    assert.deepEqual(complaintsOf(host()), []);
    assert.deepEqual(complaintsOf(host(folder('drwx------'))), []);
    assert.deepEqual(complaintsOf(host(folder('drwx------.'))), []);
    assert.deepEqual(complaintsOf(host(folder('drwx--S---'))), []);
  });

  const cases: readonly (readonly [severity: 'problem' | 'warning', seen: SeenHost, what: RegExp, fix: RegExp])[] = [
    ['problem', host({ hasProc: false }), /no \/proc/, /mount -t proc/],
    ['problem', host(without('setsid', 'perl')), /neither setsid nor perl/, /apt-get install util-linux/],
    ['problem', host(without('mkfifo', 'mknod', 'perl')), /neither mkfifo, mknod nor perl/, /install coreutils/],
    ['problem', host(without('tee'), { os: 'alpine' }), /no tee/, /apk add coreutils/],
    ['problem', host(without('grep'), { os: 'rocky' }), /no grep/, /dnf install grep/],
    [
      'problem',
      host({ ledger: { path: '/run/runbook', state: 'absent', canBeMade: false } }),
      /can't be made/,
      /df \/run/,
    ],
    ['problem', host({ ledger: { path: '/run/runbook', state: 'other' } }), /no folder/, /ls -ld/],
    ['problem', host(folder('drwxr-xr-x')), /open to others/, /chmod 700 \/run\/runbook/],
    ['problem', host(folder('drwx------', 33)), /belongs to uid 33/, /chown 0/],
    ['problem', host(folder('drwx------', 0, false)), /read-only/, /mount/],
    [
      'problem',
      host(folder('drwx------', 0, true, true)),
      /\/run\/runbook\/lock is no file/,
      /ls -ld \/run\/runbook\/lock/,
    ],
    ['problem', host({ spaces: [{ path: '/run', freeBytes: 4096 }] }), /\/run is full: 4 KiB free/, /df -h \/run/],
    ['problem', host({ spaces: [{ path: '/run', freeBytes: 1e9, freeInodes: 3 }] }), /3 inodes/, /df -i \/run/],
    ['warning', host({ spaces: [{ path: '/tmp', freeBytes: 0 }] }), /\/tmp is full: 0 B free/, /df -h \/tmp/],
    ['warning', host({ isLocked: true, lockNote: NOTE }), /locked by ann@desk since 2026, for x/, /run 01k/],
    ['warning', host({ isLocked: true }), /locked, and nothing there says by whom/, /ask who works on this host/],
    ['warning', host({ loginUid: 1501, loginObjects: 2 }), /deploy owns 2 semaphore sets/, /RemoveIPC=no/],
    ['warning', host({}, { aheadMs: 90_000 }), /1m30s ahead/, /set-ntp/],
    ['warning', host({}, { aheadMs: -3_600_000 }), /1h behind/, /set-ntp/],
    ['warning', host(without('curl', 'wget'), { forwards: false }), /forwards no ports/, /AllowTcpForwarding/],
    ['warning', host({}, { connectMs: 12_340 }), /takes 12s300ms|takes 12\.3s|takes 12s/, /UseDNS no/],
    ['warning', host({ keptBytes: 2 ** 30 }), /1 GiB of originals/, /remove/],
  ];
  for (const [severity, seen, what, fix] of cases)
    it(`is a ${severity}: ${what.source}`, () => {
      const [first, ...others] = complaintsOf(seen);
      assert.deepEqual(others, []);
      assert.equal(first?.severity, severity);
      assert.match(first.what, what);
      assert.match(first.fix, fix);
    });

  it('is not that a note of a lock was left behind that nobody holds any more', () => {
    assert.deepEqual(complaintsOf(host({ lockNote: NOTE })), []);
  });

  it('is not that a person owns semaphores where no logind takes them away, nor that a service does', () => {
    assert.deepEqual(complaintsOf(host({ loginUid: 1501, loginObjects: 2, hasLogind: false })), []);
    assert.deepEqual(complaintsOf(host({ loginUid: 33, loginObjects: 2 })), []);
  });

  it('tells what a missing flock costs only where perl cannot stand in', () => {
    assert.deepEqual(complaintsOf(host(without('flock'))), []);
    assert.match(complaintsOf(host(without('flock', 'perl')))[0]?.what ?? '', /neither flock nor perl/);
  });
});
