import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import type { LoginSettings } from '../../src/model/ssh-settings.ts';
import { Agents } from '../../src/transports/ssh/agent.ts';
import { KeyFiles } from '../../src/transports/ssh/key-files.ts';
import { readKeyText } from '../../src/transports/ssh/key-text.ts';
import { loginKeys } from '../../src/transports/ssh/login-keys.ts';
import { publicPart } from '../../src/transports/ssh/public-key.ts';
import { Secret } from '../../src/util/secret.ts';
import { startAgentServer } from './ssh-agent-server.ts';
import { newKey } from './ssh-server.ts';

const PASSPHRASE = 'geheim';

describe('the keys of an SSH login', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'runbook-keys-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const written = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    chmodSync(path, 0o600);
    return path;
  };
  const pem = (key: KeyObject, passphrase?: string): string =>
    key.export({ type: 'pkcs8', format: 'pem', ...(passphrase && { cipher: 'aes-256-cbc', passphrase }) }).toString();
  const lineOf = (key: KeyObject): string => {
    const blob = publicPart(key) ?? Buffer.alloc(0);
    return `${blob.toString('latin1', 4, 4 + blob.readUInt32BE())} ${blob.toString('base64')} me@laptop\n`;
  };
  const ed25519 = (): KeyObject => generateKeyPairSync('ed25519').privateKey;
  const keysOf = async (login: Partial<LoginSettings>, passphrase?: string, algorithms: readonly string[] = []) => {
    const settings: LoginSettings = { keyFiles: [], onlyThese: false, methods: ['publickey'], ...login };
    const wanted = {
      login: settings,
      algorithms,
      passphrase: passphrase === undefined ? undefined : new Secret(passphrase),
    };
    const { keys, unused } = await loginKeys(wanted, { files: new KeyFiles(), agents: new Agents() });
    return {
      keys: keys.map(({ inWords }) => inWords.replaceAll(`${folder}/`, '')),
      unused: unused.map(({ inWords, why }) => `${inWords} ${why}`.replaceAll(`${folder}/`, '')),
    };
  };
  const files = (...paths: string[]): LoginSettings['keyFiles'] => paths.map((path) => ({ path, isDefault: false }));

  it('are those of the agent that files name, then its others, then those of files', async () => {
    const [first, second, third] = [ed25519(), ed25519(), ed25519()];
    const inFile = written('plain', pem(first));
    written('named.pub', lineOf(third));
    const agent = await startAgentServer(join(folder, 'socket'), [second, third]);
    const login = { keyFiles: files(inFile, join(folder, 'named')), agent: agent.socket };
    try {
      assert.deepEqual(await keysOf(login), {
        keys: ['key named (by the SSH agent)', 'key key0\\x1b[2J of the SSH agent', 'key plain'],
        unused: [],
      });
      assert.deepEqual((await keysOf({ ...login, onlyThese: true })).keys, [
        'key named (by the SSH agent)',
        'key plain',
      ]);
    } finally {
      await agent.stop();
    }
  });

  it('are not asked of an agent when each file has its own in clear and no other is wanted', async () => {
    const agent = await startAgentServer(join(folder, 'socket'), []);
    await keysOf({ keyFiles: files(written('plain', pem(ed25519()))), onlyThese: true, agent: agent.socket });
    assert.equal(agent.asked.list, 0);
    await agent.stop();
  });

  it('leave out what only the program ssh can show, and say so', async () => {
    const token = `sk-ssh-ed25519@openssh.com ${blobOf('sk-ssh-ed25519@openssh.com')} me\n`;
    const agent = await startAgentServer(join(folder, 'socket'), [], {
      more: ['ssh-ed25519-cert-v01@openssh.com', 'ssh-dss'].map((type) => Buffer.from(blobOf(type), 'base64')),
    });
    const { keys, unused } = await keysOf({ keyFiles: files(written('sk.pub', token)), agent: agent.socket });
    await agent.stop();
    assert.deepEqual(keys, []);
    assert.equal(unused.length, 3);
    assert.match(unused.join('\n'), /sk.pub is on a FIDO token[^]*is a certificate[^]*is a DSA key/);
  });

  it('may be any of PEM, PKCS#8 and OpenSSH, encrypted or not', () => {
    const { privateKey: rsa } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const { privateKey: ec } = generateKeyPairSync('ec', { namedCurve: 'secp384r1' });
    const legacy = { type: 'pkcs1', format: 'pem', cipher: 'aes-128-cbc', passphrase: PASSPHRASE } as const;
    const cases: readonly (readonly [string, string | Buffer, 'private' | 'encrypted' | 'public'])[] = [
      ['PKCS#1', rsa.export({ type: 'pkcs1', format: 'pem' }), 'private'],
      ['PKCS#1, encrypted', rsa.export(legacy), 'encrypted'],
      ['SEC 1', ec.export({ type: 'sec1', format: 'pem' }), 'private'],
      ['PKCS#8', pem(ec), 'private'],
      ['PKCS#8, encrypted', pem(ec, PASSPHRASE), 'encrypted'],
      ['OpenSSH', newKey().private, 'private'],
      ['OpenSSH with the line ends of Windows', newKey().private.replaceAll('\n', '\r\n'), 'private'],
      ['OpenSSH, encrypted', newKey('ed25519', PASSPHRASE).private, 'encrypted'],
      ['public', lineOf(rsa), 'public'],
    ];
    for (const [what, text, kind] of cases) assert.equal(readKeyText(text.toString(), '/k').kind, kind, what);
  });

  const unusable: readonly (readonly [string, string, RegExp, RegExp])[] = [
    ['PuTTY', 'PuTTY-User-Key-File-3: ssh-ed25519\n', /format of PuTTY/, /puttygen \/k -O private-openssh/],
    ['a certificate', `ssh-ed25519-cert-v01@openssh.com ${blobOf('x')}`, /not in a known format/, /ssh-keygen/],
    ['an Ed448 key', pem(generateKeyPairSync('ed448').privateKey), /of kind ed448/, /ssh-keygen -t ed25519/],
    [
      'a DSA key',
      pem(generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 }).privateKey),
      /DSA/,
      /ssh-keygen -t ed25519/,
    ],
    [
      'half a key',
      '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1r\n-----END OPENSSH PRIVATE KEY-----',
      /known/,
      /-y/,
    ],
    ['nothing', '', /not in a known format/, /ssh-keygen -y -f \/k/],
  ];
  for (const [what, text, why, hint] of unusable)
    it(`say why ${what} can't be shown`, () => {
      const read = readKeyText(text, '/k');
      assert.equal(read.kind, 'unusable');
      if (read.kind !== 'unusable') return;
      assert.match(read.problem.why, why);
      assert.match(read.problem.hint, hint);
    });

  it('of an encrypted file without a passphrase, or with a wrong one, say which', async () => {
    const keyFiles = files(written('locked', pem(ed25519(), PASSPHRASE)));
    assert.deepEqual((await keysOf({ keyFiles })).unused, ['key locked is encrypted, and no passphrase was given']);
    assert.deepEqual((await keysOf({ keyFiles }, 'wrong')).unused, [
      "key locked can't be decrypted: the passphrase is wrong",
    ]);
    assert.deepEqual(await keysOf({ keyFiles }, PASSPHRASE), { keys: ['key locked'], unused: [] });
  });

  it('leave out short RSA keys and kinds that PubkeyAcceptedAlgorithms leaves out', async () => {
    const keyFiles = files(
      written('short', pem(generateKeyPairSync('rsa', { modulusLength: 768 }).privateKey)),
      written('rsa', pem(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey)),
      written('ed25519', pem(ed25519())),
    );
    assert.match((await keysOf({ keyFiles })).unused.join(), /short is an RSA key of only 768 bits/);
    assert.deepEqual((await keysOf({ keyFiles }, undefined, ['ssh-ed25519'])).keys, ['key ed25519']);
    assert.deepEqual((await keysOf({ keyFiles }, undefined, ['rsa-sha2-512'])).keys, ['key rsa']);
  });

  it('are decrypted once for all hosts, and nothing else stands still meanwhile', async () => {
    const slow = ssh2.utils.generateKeyPairSync('ed25519', {
      passphrase: PASSPHRASE,
      cipher: 'aes256-ctr',
      rounds: 24,
    });
    const path = written('slow', slow.private);
    const keys = new KeyFiles();
    await keys.read(path);
    let longest = 0;
    let last = performance.now();
    const started = last;
    const clock = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 5);
    const all = await Promise.all(Array.from({ length: 100 }, () => keys.unlock(path, new Secret(PASSPHRASE))));
    const took = performance.now() - started;
    clearInterval(clock);
    const [first] = all;
    assert.ok(first?.ok);
    for (const one of all) assert.equal(one.ok && one.value, first.value);
    assert.ok(longest < took / 3, `it stood still for ${Math.round(longest)} ms of ${Math.round(took)}`);
  }).timeout(30_000);
});

function blobOf(type: string): string {
  const name = Buffer.from(type);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(name.length);
  return Buffer.concat([length, name, Buffer.alloc(40)]).toString('base64');
}
