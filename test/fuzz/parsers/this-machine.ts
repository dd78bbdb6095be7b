import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:net';
import { freezeFileText, freezeText, readFreeze } from '../../../src/app/freeze.ts';
import { readStat } from '../../../src/app/process-id.ts';
import { Agents, signByAgent } from '../../../src/transports/ssh/agent.ts';
import { isRevokedIn } from '../../../src/transports/ssh/host-key-revoked.ts';
import { joined } from '../../../src/transports/ssh/public-key.ts';
import { parseAnswer } from '../../../src/transports/ssh-config/answer.ts';
import { Files } from '../../../src/transports/ssh-config/files.ts';
import { readHop } from '../../../src/transports/ssh-config/hop.ts';
import { routeOf } from '../../../src/transports/ssh-config/jumps.ts';
import { askFiles } from '../../../src/transports/ssh-config/without-client.ts';
import { newKey } from '../../transports/ssh-server.ts';
import { assertResult, repositoryTexts, type Parser } from '../parser.ts';
import { SSH_CONFIG_WORDS } from './words.ts';

const [TYPE = '', ENCODED = ''] = newKey().public.split(' ');
const KEY = Buffer.from(ENCODED, 'base64');
const latin1 = (bytes: Buffer): string => bytes.toString('latin1');
const LISTED = Buffer.concat([Buffer.from([12, 0, 0, 0, 1]), joined(KEY, Buffer.from('a comment'))]);
const SIGNED = Buffer.concat([Buffer.from([14]), joined(joined(Buffer.from(TYPE), Buffer.alloc(64)))]);
const NOTHING = joined(Buffer.alloc(0));
const REVOKED = Buffer.concat([
  Buffer.from('SSHKRL\n\0\0\0\0\u0001', 'latin1'),
  Buffer.alloc(24),
  NOTHING,
  NOTHING,
  Buffer.from([2]),
  joined(joined(KEY)),
  Buffer.from([5]),
  joined(joined(Buffer.alloc(32))),
]);

const CONTROLLER = {
  home: '/nowhere',
  user: 'me',
  environment: { SSH_AUTH_SOCK: '/nowhere/agent' },
  directory: '/nowhere',
};

/** Files and programs of the machine that this runs on. */
export const THIS_MACHINE: readonly Parser[] = [
  {
    name: 'file of a freeze',
    corpus: [
      'moving racks\nby ann@here\nsince 2026-11-23T08:00:00Z\nuntil 2026-11-24T08:00:00Z\n',
      'until tomorrow',
      '',
    ],
    words: [
      '\n',
      'by ',
      'since ',
      'until ',
      ' ',
      '2026-11-24',
      'T08:00',
      'Z',
      '+14:00',
      '-271821',
      '\0',
      '\u001b[2J',
      '\u2028',
    ],
    // More is not read.
    cap: 4096,
    check(text) {
      const freeze = readFreeze(text);
      for (const time of [freeze.since, freeze.until])
        assert.ok(time === undefined || new Date(time).toISOString() === time, time);
      assert.doesNotMatch(freezeText({ file: '/x', ...freeze }), /\p{Cc}|\p{Cf}/u);
      const { by, since, until } = readFreeze(freezeFileText(freeze));
      assert.deepEqual([since, until], [freeze.since, freeze.until]);
      return [freeze, by];
    },
  },
  {
    name: 'stat of a process',
    corpus: [`812 (a) b) S 1 ${'0 '.repeat(17)}4242 0 0\n`, '1 (x) Z 1', ''],
    words: ['(', ')', ') ', ' ', '\n', 'S', 'Z', 'X', '0', '-1', '9'.repeat(30), 'é'],
    cap: 5000,
    check(text) {
      const seen = readStat(text);
      assert.notEqual(seen?.startTime, '');
      return seen;
    },
  },
  {
    name: 'answer of an SSH agent',
    corpus: [latin1(joined(LISTED)), latin1(joined(SIGNED)), latin1(joined(Buffer.from([5])))],
    words: [
      '\0\0\0\u0001',
      '\u000c',
      '\u000e',
      '\u0005',
      'ÿÿÿÿ',
      '\0\0\0\0',
      latin1(joined(KEY)),
      TYPE,
      '\0\u0004\0\0',
    ],
    binary: true,
    // More is not waited for.
    cap: 300_000,
    check: checkAgent,
  },
  {
    name: 'keys that are revoked',
    corpus: [latin1(REVOKED), `# none\n${TYPE} ${ENCODED}\n`],
    words: [
      'SSHKRL\n\0',
      '\0\0\0\u0001',
      '\u0001',
      '\u0002',
      '\u0003',
      '\u0005',
      '\0\0\0\0',
      'ÿÿÿÿ',
      '\n',
      ' ',
      '#',
      TYPE,
      'AAAA',
    ],
    binary: true,
    check(text) {
      const revoked = isRevokedIn(Buffer.from(text, 'latin1'), KEY);
      assertResult(revoked);
      return revoked;
    },
  },
  {
    name: 'answer of ssh -G',
    corpus: repositoryTexts('test/transports/ssh-answers/*.txt', 100_000),
    words: [
      ...[
        '\n',
        ' ',
        '\r\n',
        '\nhostname ',
        '\nproxyjump ',
        'none',
        '\nidentityfile ',
        'yes',
        ',',
        '%h',
        '~',
        '@',
        '[::1]:',
      ],
      ...['\nport ', '\nuser ', '\nproxycommand ', '\nciphers ', '\nuserknownhostsfile ', '/dev/null', 'ssh://', '$X'],
    ],
    check: checkHop,
  },
  {
    name: 'files of ssh_config without ssh',
    corpus: [
      'Host web* !web1\n  ProxyJump = gate\n  IdentityFile "~/.ssh/x y"\nMatch all\nPort 22\nHostName %h.x\n',
      'Port 2222\nUser ann\nProxyCommand nc %h %p\nMatch user a exec "true"\n',
    ],
    words: [...SSH_CONFIG_WORDS, '\nHost ', '\nMatch ', '\nPort '],
    async check(text) {
      const question = {
        destination: 'web01',
        own: {},
        options: [text.replaceAll(/include/gi, 'x')],
        configFile: 'none',
      };
      const answered = await askFiles(question, CONTROLLER);
      assertResult(answered);
      return answered.ok
        ? checkHop([...answered.value.answer].map(([name, all]) => `${name} ${all.join(' ')}`).join('\n'))
        : answered;
    },
  },
];

async function checkHop(text: string): Promise<unknown> {
  const read = readHop(parseAnswer(text), 'web01', CONTROLLER, FILES);
  assertResult(read);
  if (!read.ok) return read;
  const { port, connectTimeoutMs = 1 } = read.value.hop;
  assert.ok(port >= 1 && port <= 65_535 && connectTimeoutMs > 0);
  const route = await routeOf(read.value, undefined, () => Promise.resolve(read));
  assertResult(route);
  return [read, route];
}

const FILES = new Files();

/** Whatever the agent is asked, it says this, and hangs up. */
async function checkAgent(text: string): Promise<unknown> {
  agent ??= await startAgent();
  said = Buffer.from(text, 'latin1');
  const listed = await new Agents().list(SOCKET);
  const signed = await signByAgent(SOCKET, KEY, Buffer.from('data'), TYPE, new AbortController().signal);
  for (const result of [listed, signed]) assertResult(result);
  return [listed, signed];
}

// Of the kernel's own names: no file is left behind.
const SOCKET = `\0runbook-fuzz-${process.pid}`;
let agent: Server | undefined;
let said = Buffer.alloc(0);

function startAgent(): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(said));
  });
  server.unref();
  return new Promise((resolve) => server.listen(SOCKET, () => resolve(server)));
}
