import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { parseGreeting } from '../../src/transports/shell/greeting.ts';
import { quote, scriptSource } from '../../src/transports/shell/quote.ts';
import { Secret } from '../../src/util/secret.ts';

describe('words for a shell', () => {
  it('stand for exactly their characters', () => {
    const words = fc.array(
      fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0')),
      { minLength: 1, maxLength: 5 },
    );
    fc.assert(
      fc.property(words, (given) => {
        const shell = spawnSync('/bin/sh', ['-c', `printf '%s\\0' ${given.map(quote).join(' ')}`]);
        assert.deepEqual(
          shell.stdout.toString('utf8').split('\0').slice(0, -1),
          given.map((word) => Buffer.from(word).toString('utf8')),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('reveal a secret only here', () => {
    assert.equal(quote(new Secret("pa'ss")), "'pa'\\''ss'");
  });

  it('are refused as names of variables that are none, and with NUL', () => {
    const script = { summary: 's', text: 'true' };
    assert.equal(scriptSource({ ...script, variables: { 'a;reboot': '1' } }).ok, false);
    assert.equal(scriptSource({ ...script, env: { '': '1' } }).ok, false);
    assert.equal(scriptSource({ ...script, args: ['\0'] }).ok, false);
    assert.deepEqual(scriptSource({ ...script, variables: { a: '1' }, env: { B: '2' }, args: ['3'] }), {
      ok: true,
      value: "a='1'\nexport B='2'\nset -- '3'\ntrue",
    });
  });
});

describe('the greeting of a host', () => {
  it('leaves what it does not say empty', () => {
    const greeting = parseGreeting('=uid 0\n=shell 12\n=uname SunOS 5.11 sparc\n=date 1700000000.N\n');
    assert.equal(greeting?.facts.os, 'sunos');
    assert.deepEqual(
      [greeting?.facts.init, greeting?.facts.boot_id, greeting?.facts.cpus, greeting?.facts.memory_bytes],
      ['none', '', 0, 0],
    );
    assert.equal(greeting?.facts.time, '2023-11-14T22:13:20.000Z');
  });

  it('takes the first os-release, and quoted values without their quotes', () => {
    const text =
      '/etc/os-release:VERSION_ID="3.19"\n/etc/os-release:ID=alpine\n/usr/lib/os-release:ID=other\n' +
      '/proc/stat:cpu0 1\n/proc/stat:cpu1 1\n/proc/stat:btime 1700000000\n/proc/meminfo:MemTotal:   2048 kB\n' +
      '=uname Linux 6.1 aarch64\n=uid 1000\n=shell 7\n=init openrc\n';
    const { facts } = parseGreeting(text) ?? assert.fail();
    assert.deepEqual([facts.os, facts.os_version, facts.cpus, facts.memory_bytes], ['alpine', '3.19', 2, 2_097_152]);
    assert.deepEqual([facts.init, facts.uid, facts.boot_time], ['openrc', 1000, '2023-11-14T22:13:20.000Z']);
  });

  it('is none without a uid and a pid, and never throws', () => {
    assert.equal(parseGreeting('=uid x\n=shell 3'), undefined);
    fc.assert(fc.property(fc.string(), (text) => void parseGreeting(`${text}\n=uid 0\n=shell 1\n=date ${text}`)));
  });
});
