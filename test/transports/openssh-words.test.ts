import assert from 'node:assert/strict';
import type { ErrorCode } from '../../src/model/error.ts';
import { masterFailure, shownKey, type Ended } from '../../src/transports/openssh/failure.ts';
import { sshHost, sshSettings } from '../support/hosts.ts';

const CONNECTED = `debug1: Connecting to 10.0.0.2 [10.0.0.2] port 22.
debug1: Connection established.
debug1: Authenticating to 10.0.0.2:22 as 'ann'
`;
const KEY = `${CONNECTED}debug1: Server host key: ssh-ed25519 SHA256:abc
`;
const VERIFIED = `${KEY}debug1: Host '10.0.0.2' is known and matches the ED25519 host key.
debug1: Authentications that can continue: publickey,password
`;
const JUMP = `debug1: Setting implicit ProxyCommand from ProxyJump: ssh -W '[%h]:%p' jump
debug1: Executing proxy command: exec ssh -W '[10.0.0.2]:22' jump
`;
const NO_PROXY = `kex_exchange_identification: Connection closed by remote host
Connection closed by UNKNOWN port 65535
`;

interface Case {
  readonly title: string;
  readonly log?: string;
  readonly said?: string;
  readonly more?: Partial<Ended>;
  readonly code: ErrorCode;
  readonly message: RegExp;
  readonly again?: true;
}

/** As OpenSSH 8.4, 9.2 and 10.0 say it. */
const CASES: readonly Case[] = [
  {
    title: 'a failed login is not told by a banner of the host',
    log: `${VERIFIED}ann@10.0.0.2: Permission denied (publickey).\n`,
    said: 'Welcome\nHost key verification failed.\nssh: Could not resolve hostname fake: no\n',
    code: 'authentication',
    message: /^10\.0\.0\.2:22 refuses ann with what ssh shows; it takes: publickey$/,
  },
  {
    title: 'too many keys',
    log: `${VERIFIED}Received disconnect from 10.0.0.2 port 22:2: Too many authentication failures\n`,
    code: 'authentication',
    message: /too many keys/,
  },
  {
    title: 'a private key that others can read',
    log: `${VERIFIED}@         WARNING: UNPROTECTED PRIVATE KEY FILE!          @\nPermissions 0644 for '/k' are too open.\nLoad key "/k": bad permissions\nann@10.0.0.2: Permission denied (publickey).\n`,
    code: 'key-unusable',
    message: /^the private key \/k can be read by others \(mode 0644\)$/,
  },
  {
    title: 'a private key in no known format',
    log: `${VERIFIED}Load key "/k": error in libcrypto\nann@10.0.0.2: Permission denied (publickey).\n`,
    code: 'key-unusable',
    message: /^the private key \/k can't be used: error in libcrypto$/,
  },
  {
    title: 'a private key that is not there',
    log: `${VERIFIED}ann@10.0.0.2: Permission denied (publickey).\n`,
    said: 'Warning: Identity file /k not accessible: No such file or directory.\n',
    code: 'key-unusable',
    message: /^the private key \/k can't be read: No such file or directory$/,
  },
  {
    title: 'a prompt that wants more than the password',
    log: `${VERIFIED}ann@10.0.0.2: Permission denied (keyboard-interactive).\n`,
    more: { asked: { other: 'Verification code:' } },
    code: 'authentication',
    message: /asks ann for more than a password: Verification code:$/,
  },
  {
    title: 'a connection that is dropped before the handshake',
    log: `${CONNECTED}kex_exchange_identification: read: Connection reset by peer\nConnection reset by 10.0.0.2 port 22\n`,
    code: 'connection-lost',
    message: /drops connections before the handshake$/,
    again: true,
  },
  {
    title: 'a connection that is penalised, as OpenSSH 10 says it',
    log: `${CONNECTED}kex_exchange_identification: Connection closed by remote host\nNot allowed at this time\nConnection closed by 10.0.0.2 port 22\n`,
    code: 'connection-lost',
    message: /drops connections before the handshake$/,
    again: true,
  },
  {
    title: 'a connection that is closed during the login',
    log: `${VERIFIED}Connection closed by 10.0.0.2 port 22\n`,
    code: 'connection-lost',
    message: /closed the connection during login$/,
  },
  {
    title: 'a host that has no way to it',
    log: 'ssh: connect to host 10.0.0.2 port 22: No route to host\n',
    code: 'connection-timeout',
    message: /^there is no way to 10\.0\.0\.2:22 \(No route to host\)$/,
  },
  {
    title: 'a host that does not answer',
    log: 'ssh: connect to host 10.0.0.2 port 22: Connection timed out\n',
    code: 'connection-timeout',
    message: /^10\.0\.0\.2:22 did not answer within 5 s$/,
  },
  {
    title: 'a login that takes too long',
    log: VERIFIED,
    more: { cause: 'late', status: undefined },
    code: 'connection-timeout',
    message: /^10\.0\.0\.2:22 did not finish the login within 5 s$/,
  },
  {
    title: 'a file of revoked keys that is not there',
    log: `${KEY}Error checking host key ED25519 SHA256:abc in revoked keys file /r: No such file or directory\nHost key verification failed.\n`,
    code: 'host-key-unverifiable',
    message: /^the file of revoked keys \/r can't be read: No such file or directory$/,
  },
  {
    title: 'a file of the configuration that is wrong',
    log: '/home/ann/.ssh/config line 3: unsupported option "maybe".\n',
    code: 'configuration',
    message: /config line 3/,
  },
  {
    title: 'a jump host that can not be reached',
    log: `${JUMP}${NO_PROXY}`,
    said: 'ssh: connect to host jump port 22: Connection refused\n',
    code: 'connection-refused',
    message: /^on the way through a jump host: jump:22 refuses connections$/,
  },
  {
    title: 'a jump host that can not reach the host',
    log: `${JUMP}${NO_PROXY}`,
    said: 'channel 0: open failed: connect failed: Connection refused\nstdio forwarding failed\n',
    code: 'connection-refused',
    message: /^a jump host can't reach 10\.0\.0\.2:22: Connection refused$/,
  },
  {
    title: 'a jump host that drops connections',
    log: `${JUMP}${NO_PROXY}`,
    said: 'kex_exchange_identification: read: Connection reset by peer\nConnection reset by 10.0.0.9 port 22\n',
    code: 'connection-lost',
    message: /^a jump host closed the way to 10\.0\.0\.2:22: /,
    again: true,
  },
  {
    title: 'a key of a jump host that is not believed, said without a name',
    log: `${JUMP}${NO_PROXY}`,
    said: 'Host key verification failed.\n',
    code: 'host-key-unverifiable',
    message: /the key of the jump host is not believed$/,
  },
  {
    title: 'a host key behind a jump host is still that of the host',
    log: `${JUMP}${KEY}No ED25519 host key is known for 10.0.0.2 and you have requested strict checking.\nHost key verification failed.\n`,
    code: 'host-key-unknown',
    message: /^the host is unknown: its ssh-ed25519 key SHA256:abc is not in \/known$/,
  },
  {
    title: 'an ssh that is not there',
    said: 'sh: 4: ssh: not found\n',
    more: { status: 127 },
    code: 'configuration',
    message: /not installed/,
  },
  { title: 'an abort', log: CONNECTED, more: { cause: 'cancelled' }, code: 'interrupted', message: /^cancelled/ },
  {
    title: 'words that nobody knows',
    log: `${KEY}ssh_dispatch_run_fatal: Connection to 10.0.0.2 port 22: incorrect signature\n`,
    code: 'protocol',
    message: /^ssh did not connect to 10\.0\.0\.2:22: ssh_dispatch_run_fatal: .*incorrect signature$/,
  },
];

describe('the words of the program ssh', () => {
  const settings = sshSettings({ address: '10.0.0.2', user: 'ann' });
  const host = sshHost('web', { ...settings, hostKeys: { ...settings.hostKeys, userFiles: ['/known'] } });
  const base = { host, timeoutMs: 5000, cause: 'ended', status: 255, asked: {} } as const;

  for (const { title, log = '', said = '', more = {}, code, message, again = false } of CASES)
    it(`tell ${title}`, () => {
      const failure = masterFailure({ ...base, log, said, ...more });
      assert.equal(failure.error.code, code);
      assert.match(failure.error.message, message);
      assert.equal(failure.again, again);
    });

  for (const [title, said, command] of [
    [
      'an unknown jump host',
      'No ED25519 host key is known for $(id>/tmp/x) and you have requested strict checking.\n',
      "ssh-keyscan -- '$(id>/tmp/x)' >>~/.ssh/known_hosts",
    ],
    ['a key that others can read', "Permissions 0644 for '/k; id' are too open.\n", "chmod 600 '/k; id'"],
    [
      'a damaged key',
      'Load key "/k`id`": invalid format\nPermission denied (publickey).\n',
      "ssh-keygen -y -f '/k`id`'",
    ],
  ] as const)
    it(`can be put by a jump host, in its banner, into a command to paste, but only as a word: ${title}`, () => {
      const { error } = masterFailure({ ...base, log: JUMP, said });
      assert.ok(error.hint?.includes(command), error.hint);
    });

  for (const [title, log, said] of [
    [
      'a changed key with names of a page',
      `${KEY.replace('abc', 'a'.repeat(9000))}REMOTE HOST IDENTIFICATION HAS CHANGED\nOffending ${'k'.repeat(4000)} key in /${'\u202e'.repeat(3000)}:1\n`,
      '',
    ],
    ['a closed way of a page', JUMP, `channel 0: open failed: connect failed: ${'\x1b'.repeat(90_000)}\n`],
    ['a refusal of a page', `${VERIFIED}${'x'.repeat(60_000)}`, ''],
  ] as const)
    it(`are told in a message that a person can read, however long the lines are: ${title}`, () => {
      const { error } = masterFailure({ ...base, log, said });
      assert.ok(error.message.length < 5000, String(error.message.length));
      assert.doesNotMatch(error.message, /[\x1b\u202e]/);
    });

  it('name the key that was shown first, whatever a host says later', () => {
    const fake = 'debug1: Remote: x\ndebug1: Server host key: ssh-rsa SHA256:fake\n';
    assert.deepEqual(shownKey(`${VERIFIED}${fake}`), { type: 'ssh-ed25519', fingerprint: 'SHA256:abc' });
    const certificate =
      'debug1: Server host certificate: ssh-ed25519-cert-v01@openssh.com SHA256:abc, serial 0 ID "h" CA x\n';
    assert.equal(shownKey(certificate)?.fingerprint, 'SHA256:abc');
    assert.equal(shownKey(CONNECTED), undefined);
  });
});
