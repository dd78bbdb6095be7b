import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { parseGreeting } from '../../../src/transports/shell/greeting.ts';
import { resultOf } from '../../../src/transports/shell/outcome.ts';
import { ShellSession } from '../../../src/transports/shell/session.ts';
import type { Parser } from '../parser.ts';

const GREETING = `/etc/os-release:ID=debian
/etc/os-release:VERSION_ID="12"
/proc/stat:cpu0 1 2 3
/proc/stat:btime 1700000000
/proc/meminfo:MemTotal:       2097152 kB
/proc/123/status:SigIgn:	0000000000001000
=uname Linux 6.1.0-28-amd64 x86_64
=date 1700000001.123456789
=uid 0
=shell 123
=whole yes
=machine-id 5f0a1c5d6a9e4a0f8a0b7f2d9c3e4b1a
=boot_id 6d8e0e3a-9d0b-4cb5-8f0c-7d1f6f7f5b11
=init systemd
`;

/** What the shell of a host says, which may be that of a hostile one. */
export const HOST_SHELL: readonly Parser[] = [
  {
    name: 'shell of a host',
    corpus: [
      ...['0:\n', '137:\n', '-:claimed\n', '0:gone\n', '12:34\n'],
      '\n@TOKEN:pid:12:12\nprinted\n@TOKEN:exit:3\n\n@NONCE:end:3:\n',
      'printed\n@NONCE:end:143:gone\n',
    ],
    words: [
      'NONCE',
      'TOKEN',
      'READERS',
      '\n@',
      ':begin\n',
      ':end:',
      ':pid:',
      ':exit:',
      '0:\n',
      '-:',
      '999:',
      'left\n',
      '\n',
      '\0',
      'ÿ',
      '@',
      ':',
      'x'.repeat(200),
    ],
    binary: true,
    cap: 200_000,
    check: checkShell,
  },
  {
    name: 'greeting',
    corpus: [GREETING],
    words: [
      '=uid ',
      '=shell ',
      '=whole ',
      '=date ',
      '/proc/stat:cpu0',
      'MemTotal: ',
      'SigIgn:',
      '\n',
      ' ',
      '"',
      ':',
      '=',
      '-1',
      '0x',
      '1e99',
      '\0',
      '\u001b',
    ],
    check(text) {
      const greeting = parseGreeting(text);
      if (greeting !== undefined) {
        const { uid, cpus, memory_bytes, ...words } = greeting.facts;
        for (const number of [uid, cpus, memory_bytes, greeting.shellPid])
          assert.ok(Number.isSafeInteger(number) && number >= 0, `${number} is no number of a fact`);
        for (const [name, word] of Object.entries(words))
          assert.ok(word.length <= 200, `${name} is ${word.length} long`);
      }
      return greeting;
    },
  },
];

/** Bytes of a host's shell that knows all nonces, as that of a hostile host does: it can lie about itself, and no more. */
async function checkShell(text: string): Promise<unknown> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  let close: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => (close = resolve));
  const session = new ShellSession({ stdin, stdout, stderr, closed, destroy: close });
  const nonces: string[] = [];
  const sent = ['read', 'read', 'other'].map((kind) =>
    session.send(
      ({ nonce, token, readers }) => {
        nonces.push(nonce, token, readers);
        return 'line';
      },
      kind as 'read' | 'other',
    ),
  );
  const [nonce = '', token = '', readers = ''] = nonces;
  const begun = text.length % 2 === 0 ? `\n@${nonce}:begin\n` : '';
  const said = begun + text.replaceAll('NONCE', nonce).replaceAll('TOKEN', token).replaceAll('READERS', readers);
  const bytes = Buffer.from(said, 'latin1');
  const size = 1 + (text.length % 4096);
  const onError = text.length % 5 === 0;
  for (let at = 0; at < bytes.length; at += size) {
    (onError ? stderr : stdout).write(bytes.subarray(at, at + size));
    if (at % (size * 4) === 0 && !onError) stderr.write(bytes.subarray(at, at + 64));
  }
  await new Promise((resolve) => setImmediate(resolve));
  close();
  session.destroy();
  const reports = await Promise.all(sent.map(({ report }) => report));
  const results = reports.map(resultOf);
  for (const { end } of results) {
    if (end.how === 'exit') assert.ok(Number.isInteger(end.code) && end.code >= 0 && end.code <= 999);
    if (end.how === 'not-started') assert.notEqual(end.why, '');
  }
  for (const { process } of reports)
    if (process !== undefined)
      for (const pid of [process.pid, process.shell])
        assert.ok(Number.isSafeInteger(pid) && pid > 1, `${pid} is no process`);
  return results.map(({ end }) => end.how);
}
