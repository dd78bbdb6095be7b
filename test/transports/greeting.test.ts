import assert from 'node:assert/strict';
import { parseGreeting } from '../../src/transports/shell/greeting.ts';

const greeting = (...lines: readonly string[]) =>
  parseGreeting(['=uid 1000', '=shell 42', '=uname Linux 6.1.0-1-amd64 x86_64', ...lines].join('\n'));

describe('what a shell says of its host', () => {
  it('is taken as it is told, and what is not told is empty or 0', () => {
    const told = greeting(
      '/etc/os-release:ID=debian',
      '/etc/os-release:VERSION_ID="12"',
      '/proc/stat:cpu0 1 2',
      '/proc/stat:cpu1 1 2',
      '/proc/stat:btime 1700000000',
      '/proc/meminfo:MemTotal:        2048 kB',
      '=date 1700000100.250000000',
      '=init systemd',
    );
    assert.deepEqual(told?.facts, {
      os: 'debian',
      os_version: '12',
      kernel: '6.1.0-1-amd64',
      arch: 'x86_64',
      init: 'systemd',
      boot_id: '',
      boot_time: '2023-11-14T22:13:20.000Z',
      time: '2023-11-14T22:15:00.250Z',
      cpus: 2,
      memory_bytes: 2_097_152,
      machine_id: '',
      uid: 1000,
    });
  });

  it('is no greeting without a uid and a process', () => {
    assert.equal(parseGreeting('=uid 0\n'), undefined);
    assert.equal(parseGreeting('=shell 42\n'), undefined);
  });

  it('tells when its first line was lost', () => {
    assert.equal(greeting('=whole ')?.unfit, 'told-in-part');
    assert.equal(greeting('=whole 1')?.unfit, undefined);
  });

  it('tells when SIGTERM is ignored there, of all signals', () => {
    const ignoring = (mask: string) => greeting('=whole 1', `/proc/42/status:SigIgn:\t${mask}`)?.unfit;
    for (const mask of ['0000000000004000', 'ffffffffffffffff']) assert.equal(ignoring(mask), 'ignores-term', mask);
    for (const mask of ['0000000000000000', '0000000000001000', '0000000000008000', ''])
      assert.equal(ignoring(mask), undefined, mask);
  });

  it('tells a Korn shell, which closes descriptors', () => {
    assert.equal(greeting('=whole 1', '=ksh @(#)MIRBSD KSH R59')?.unfit, 'ksh');
    assert.equal(greeting('=whole 1', '=ksh ')?.unfit, undefined);
  });
});
