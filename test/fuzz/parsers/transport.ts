import assert from 'node:assert/strict';
import { parseLook } from '../../../src/app/doctor/look.ts';
import { masterFailure, shownKey } from '../../../src/transports/openssh/failure.ts';
import { learnedKeys } from '../../../src/transports/openssh/learned.ts';
import { outputOf } from '../../../src/transports/output.ts';
import { saidByHost } from '../../../src/transports/said-by-host.ts';
import { becomeRefused } from '../../../src/transports/shell/become-refusal.ts';
import { SU } from '../../../src/transports/shell/su.ts';
import { rulesOf } from '../../../src/transports/shell/sudo-rules.ts';
import { SUDO } from '../../../src/transports/shell/sudo.ts';
import { configLines, wordsOf } from '../../../src/transports/ssh-config/config-line.ts';
import { expandPath, expandTokens } from '../../../src/transports/ssh-config/tokens.ts';
import {
  fingerprint,
  isPublicKey,
  isTooShort,
  typeOf,
  withoutCertificate,
} from '../../../src/transports/ssh/host-key-blob.ts';
import { readKeyText, readPublicLine } from '../../../src/transports/ssh/key-text.ts';
import { KnownHosts, nameOf, readKey } from '../../../src/transports/ssh/known-hosts.ts';
import { fieldsOf } from '../../../src/transports/ssh/public-key.ts';
import { sshHost, sshSettings } from '../../support/hosts.ts';
import { newKey } from '../../transports/ssh-server.ts';
import { assertResult, type Parser } from '../parser.ts';
import { SSH_CONFIG_WORDS } from './words.ts';

const KEYS = [newKey(), newKey('ecdsa'), newKey('rsa'), newKey('ed25519', 'pass')];
const PUBLIC = KEYS.map(({ public: line }) => line.trim());
const HASHED = '|1|F1E1KeoE/eEWhi10WpGv4OdiO6Y=|3988QV0VE8wmZL7suNrYQLITLCg= ';

const LOG = `debug1: Connecting to 10.0.0.2 [10.0.0.2] port 22.
debug1: Server host key: ssh-ed25519 SHA256:abc
debug1: Host '10.0.0.2' is known and matches the ED25519 host key.
debug1: Authentications that can continue: publickey,password
ann@10.0.0.2: Permission denied (publickey).
`;
const LOG_WORDS = [
  ...[
    'debug1: ',
    '\n',
    '\r\n',
    'Permission denied (',
    'Host key verification failed.\n',
    'Connection reset by ',
    ': ',
    '"',
    '(',
  ],
  ...[
    'kex_exchange_identification',
    'Server host key: ssh-ed25519 SHA256:',
    'signing failed for ',
    'no matching host key type',
    ' ',
  ],
  ...[
    'Could not resolve hostname ',
    'Offending ',
    ' in /x:3',
    'debug1: Server host certificate: ',
    '\u001b[2J',
    '\0',
    'SHA256:',
  ],
];

const SUDO_LIST = `Matching Defaults entries for ann on web01:
    env_reset, secure_path=/usr/bin

User ann may run the following commands on web01:
    (ALL : ALL) ALL
    (root) NOPASSWD: SETENV: /usr/bin/systemctl restart *, !/bin/sh
`;

const CONTROLLER_TOKENS = {
  controller: {
    home: '/home/me',
    environment: { X: 'y' },
    user: 'me',
    uid: 1000,
    hostName: 'here',
    shortHostName: 'here',
  },
  address: '10.0.0.2',
  destination: 'web01',
  port: 22,
  user: 'ann',
  alias: 'web01',
} as unknown as Parameters<typeof expandTokens>[1];

/** What hosts say where no shell is, and what this machine's own files and programs say of them. */
export const TRANSPORT: readonly Parser[] = [
  {
    name: 'what doctor sees',
    corpus: ['=sh /bin/sh\n=setsid /usr/bin/setsid\n=sudo yes\n=disk 100\n'],
    words: ['=', '\n', ' ', '-', 'a', '0', '/', '=date ', '=whole yes\n', '\0'],
    check: (text) =>
      parseLook({ end: { how: 'exit', code: 0 }, stdout: outputOf(text), stderr: outputOf(''), durationMs: 1 }),
  },
  {
    name: 'what a login or sudo says instead of a shell',
    corpus: [
      'sudo: a password is required\n',
      'This account is currently not available.\n',
      'su: Authentication failure\n',
      SUDO_LIST,
    ],
    words: [
      'sudo: ',
      '\n',
      'user ',
      ' is not allowed to execute ',
      '@0123456789abcdef0123456789abcdef:end:',
      '(',
      ')',
      'may run the following commands on x:\n',
      'NOPASSWD: ',
      '\u001b[2J',
      ' ',
      '\t',
    ],
    // More than 64 kB before the shell is there is no dialogue.
    cap: 100_000,
    check(text) {
      const change = { from: 'ann', to: 'root', command: 'sudo' } as never;
      saidByHost(text);
      const refused = [SUDO, SU].map((method) => becomeRefused(method, change, text));
      for (const error of refused) assert.ok(error === undefined || error.message.length < 2000);
      return [refused, rulesOf(text).length];
    },
  },
  {
    name: 'log of ssh',
    corpus: [LOG, LOG.replace('Server', 'Other')],
    words: LOG_WORDS,
    check(text) {
      const host = sshHost('web01', sshSettings({ port: 22, user: 'ann' }));
      const ended = { host, timeoutMs: 1000, cause: 'ended', status: 255, asked: {} } as const;
      const failures = [
        masterFailure({ ...ended, log: text, said: '' }),
        masterFailure({ ...ended, log: LOG.slice(0, 50), said: text }),
      ];
      for (const { error } of failures)
        assert.ok(error.message !== '' && error.message.length < 5000, String(error.message.length));
      shownKey(text);
      return [failures.map(({ error }) => error.code), learnedKeys(host, text, text).length];
    },
  },
  {
    name: 'known_hosts',
    corpus: [
      ...PUBLIC.map((line) => `web01,[10.0.0.2]:2222,!x,*.example.com ${line}\n`),
      `@revoked * ${PUBLIC[0]}\n@cert-authority *.example.com ${PUBLIC[1]}\n${HASHED}${PUBLIC[0]}\n# note\n`,
    ],
    words: [
      '@revoked ',
      '@cert-authority',
      '|1|',
      '=',
      ',',
      '*',
      '?',
      '!',
      '[',
      ']:22',
      '\t',
      ' ',
      '\n',
      '\r',
      '\0',
      '#',
      'ssh-rsa ',
      'AAAA',
      '1024 35 ',
    ],
    binary: true,
    // One of 3,000 hosts.
    cap: 300_000,
    check(text) {
      const hosts = new KnownHosts('/known_hosts', text);
      const found = [hosts.about(nameOf('web01')), hosts.about(nameOf('10.0.0.2', 2222)), hosts.about('a.example.com')];
      for (const { skipped } of found) for (const why of skipped) assert.match(why, /^\/known_hosts:\d+: \S/);
      readKey(text.slice(0, 5000));
      return found.map(({ entries, skipped }) => [entries.length, skipped]);
    },
  },
  {
    name: 'host key on the wire',
    corpus: PUBLIC.map((line) => Buffer.from(line.split(' ')[1] ?? '', 'base64').toString('latin1')),
    words: [
      '\0\0\0\u000b',
      'ssh-ed25519',
      'ssh-rsa',
      '-cert-v01@openssh.com',
      '\0\0\0\0',
      'ÿÿÿÿ',
      '\0',
      '\u0004',
      'nistp256',
    ],
    binary: true,
    cap: 300_000,
    check(text) {
      const key = Buffer.from(text, 'latin1');
      return [
        fieldsOf(key).length,
        typeOf(key),
        isPublicKey(key),
        isTooShort(key),
        fingerprint(key),
        withoutCertificate(key).length,
      ];
    },
  },
  {
    name: 'key file',
    corpus: [...KEYS.map(({ private: text }) => text), ...PUBLIC, 'PuTTY-User-Key-File-3: ssh-ed25519\n'],
    words: [
      '-----BEGIN OPENSSH PRIVATE KEY-----\n',
      '-----END ',
      '-----BEGIN RSA PRIVATE KEY-----\n',
      '-----BEGIN ENCRYPTED PRIVATE KEY-----\n',
      'Proc-Type: 4,ENCRYPTED\n',
      'AAAA',
      '=',
      '\n',
      ' ',
      'b3BlbnNzaC1rZXktdjEA',
    ],
    cap: 64 * 1024,
    check(text) {
      const read = readKeyText(text, '/key');
      if (read.kind === 'unusable') assert.match(read.problem.why, /\S/);
      readPublicLine(text);
      return [read.kind, read.kind === 'unusable' ? read.problem.why : ''];
    },
  },
  {
    name: 'ssh_config',
    corpus: [
      'Host web* !web1 "a b"\n  ProxyJump = gate # no\n  IdentityFile "~/.ssh/x y"\nMatch user a exec "true"\nInclude ~/x\n',
    ],
    words: [...SSH_CONFIG_WORDS, 'Include '],
    check: (text) => configLines(text).map(({ text: rest }) => wordsOf(rest)?.length),
  },
  {
    name: 'tokens of ssh_config',
    corpus: ['~/.ssh/%h-%p-%r-%C', '${X}/%%/%n', '%k%l%L%i%u%d'],
    words: ['%', '%h', '${', '}', '~', '~ann', '/', 'X', '%%', '$'],
    check(text) {
      const results = [expandPath(text, CONTROLLER_TOKENS), expandTokens(text, CONTROLLER_TOKENS)];
      for (const result of results) assertResult(result);
      return results;
    },
  },
];
