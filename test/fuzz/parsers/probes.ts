import assert from 'node:assert/strict';
import { Duplex } from 'node:stream';
import { action as clock } from '../../../src/actions/clock.ts';
import { action as http } from '../../../src/actions/http.ts';
import { readListening } from '../../../src/actions/support/listening.ts';
import { readWaitForPath } from '../../../src/actions/support/wait-for-path.ts';
import { action as certificates } from '../../../src/actions/tls_certificate.ts';
import type { Action, Interpretation, ProbeContext } from '../../../src/model/action.ts';
import type { CommandResult } from '../../../src/model/script.ts';
import { outputOf } from '../../../src/transports/output.ts';
import { err, ok } from '../../../src/util/result.ts';
import type { JsonObject } from '../../../src/util/json.ts';
import { probeWith } from '../../actions/support/probe.ts';
import { repositoryText, type Parser } from '../parser.ts';
import { checkFailure, checkValues } from './action-result.ts';

const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\nX-A: b\r\nx-a: c\r\n\r\nhello';
const CHUNKED = 'HTTP/1.1 503 No\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n';
const PEM = repositoryText('test/fuzz/certificate.pem');
const FILES = `@file0 0\n${PEM.replaceAll(/^/gm, '|').replace(/\|$/, '')}@key0 0\n|/key\n@public0 7\n@file1 2\n@key1 1\n@end 0\n`;
const TIMES =
  ' 0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 1 1 0000000000000000 100 0\n';

/** What actions that look from here make of what comes back through a connection, or of what the host prints in their stead. */
export const PROBES: readonly Parser[] = [
  {
    name: 'answer to http',
    corpus: [ANSWER, CHUNKED, ANSWER.replaceAll('\r', ''), 'HTTP/1.0 301 x\r\nLocation: http://a/\r\n\r\n'],
    words: [
      ...[
        'HTTP/1.1 ',
        'HTTP/9.9 ',
        '200 ',
        '100 Continue\r\n\r\n',
        '101 ',
        '\r\n',
        '\r\n\r\n',
        '\n',
        ': ',
        'Content-Length: ',
      ],
      ...[
        'Transfer-Encoding: chunked',
        'Location: ',
        '/',
        'http://127.0.0.1/',
        'Set-Cookie: a',
        'ffffffff\r\n',
        '-1',
        '\0',
      ],
      ...['Upgrade: x\r\n', 'ÿ', 'x'.repeat(3000), '@curl 0\n'],
    ],
    binary: true,
    // No answer is read for longer.
    cap: 300_000,
    check: async (text) => {
      const made = await probe(http, { url: 'http://127.0.0.1/', follow: text.length % 2 === 0 }, through(text));
      return without(made, 'duration');
    },
  },
  {
    name: 'answer of curl or wget',
    corpus: [
      `0\f${ANSWER}\f\n@curl 0\n`,
      `8\f\f  HTTP/1.1 404 Not Found\n  A: b\n\n@wget 8\n`,
      '0\f\f\n@none 0\n',
      '7\f\fno\n@curl 7\n',
    ],
    words: [
      '\f',
      '@curl ',
      '@wget ',
      '\n@none 0\n',
      'HTTP/1.1 ',
      ' 200 ',
      '\r\n',
      '\n',
      '\n\n',
      ': ',
      'X: ',
      'ERROR 404',
      '0',
      '\0',
    ],
    check: async (text) => {
      const [code = '', stdout = '', stderr = ''] = text.split('\f');
      const answer = () => Promise.resolve(exited(Number(code) % 256 || 0, stdout, stderr));
      const made = await probe(http, { url: 'http://127.0.0.1/' }, { dial: refused, read: answer });
      return without(made, 'duration');
    },
  },
  {
    name: 'certificates in files',
    corpus: [FILES, FILES.replace('@file1 2', `@file1 0\n|${PEM.slice(0, 200).replaceAll('\n', '\n|')}`)],
    words: certificateWords(),
    check: (text) =>
      probe(certificates, { files: ['/a', '/b'], keys: ['/key'] }, { read: () => Promise.resolve(exited(0, text)) }),
  },
  {
    name: 'certificates of a server',
    corpus: [PEM, `${PEM}${PEM}`, ''],
    words: certificateWords(),
    check: (text) =>
      probe(
        certificates,
        { address: '127.0.0.1:443', server_name: 'web' },
        { dial: refused, read: () => Promise.resolve(exited(0, text, text.slice(-200))) },
      ),
  },
  {
    name: 'answer to clock',
    corpus: [
      `@hardware 0\n|1700000000 1700000001\n|UTC\n@end 0\n\f1700000000.123456789 812.50\n`,
      `@timedatectl 0\n|NTPSynchronized=yes\n@hardware 1\n@end 0\n\f1700000000 1.5\n`,
    ],
    words: [
      '\f',
      '@hardware 0\n',
      '@chronyd 0\n',
      '@end 0\n',
      '|',
      '\n',
      ' ',
      '.',
      '0',
      '-',
      '9'.repeat(30),
      'LOCAL',
      'yes',
    ],
    check: async (text) => {
      const [service = '', now = ''] = text.split('\f');
      const answers = [service];
      const read = () => Promise.resolve(exited(0, answers.shift() ?? now));
      return (await probe(clock, {}, { read })).status;
    },
  },
  {
    name: 'answer to wait_for',
    corpus: [TIMES, 'present 12 it is there\n', 'absent 9 it is not there\n'],
    words: [
      'present ',
      'absent ',
      'other ',
      ' 0A ',
      ':1F90 ',
      '0100007F',
      '00000000',
      '\n',
      ' ',
      '0: ',
      '9'.repeat(20),
      '\0',
    ],
    check(text) {
      const answer = exited(text.length % 4 === 0 ? 69 : 0, text, text.slice(0, 100));
      const port = readListening(answer, '127.0.0.1', 8080);
      if (!port.ok) assert.notEqual(port.error.trim(), '');
      const path = readWaitForPath(answer, { path: '/run/x', state: 'present' });
      if (!path.ok) checkFailure({ reason: path.error.reason, error: path.error.message });
      return [port, path];
    },
  },
];

function certificateWords(): readonly string[] {
  const lines = PEM.trimEnd().split('\n');
  return [
    ...[
      '-----BEGIN CERTIFICATE-----\n',
      '-----END CERTIFICATE-----\n',
      '@file0 0\n',
      '@key0 0\n',
      '@public0 0\n',
      '@end 0\n',
    ],
    ...['|', '\n', '=', 'A', 'MII', '/', '-----BEGIN X', ...lines.slice(1, 5)],
  ];
}

async function probe(
  action: Action,
  params: JsonObject,
  changes: Partial<ProbeContext>,
): Promise<Interpretation<JsonObject>> {
  const made = await probeWith(action, params, changes);
  if (made.status === 'failed') checkFailure(made);
  else checkValues(action, made.output, params);
  return made;
}

function exited(code: number, stdout: string, stderr = ''): CommandResult {
  return { end: { how: 'exit', code }, stdout: outputOf(stdout), stderr: outputOf(stderr), durationMs: 1 };
}

const refused: ProbeContext['dial'] = () =>
  Promise.resolve(err({ code: 'channel-refused', message: 'sshd there does not forward to it' }));

/** A server that says this, whatever it is asked, in pieces. */
function through(text: string): Partial<ProbeContext> {
  const bytes = Buffer.from(text, 'latin1');
  const size = Math.ceil(bytes.length / (1 + (text.length % 7)));
  const dial = () => {
    let at = 0;
    const stream = new Duplex({
      read() {
        this.push(at < bytes.length ? bytes.subarray(at, (at += size)) : null);
      },
      write: (_chunk, _encoding, done) => done(),
    });
    return Promise.resolve(ok(stream));
  };
  return { dial };
}

function without(made: Interpretation<JsonObject>, name: string): unknown {
  if (made.status === 'failed') return made;
  return Object.entries(made.output).filter(([each]) => each !== name);
}
