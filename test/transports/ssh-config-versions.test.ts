import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAnswer } from '../../src/transports/ssh-config/answer.ts';
import { Files } from '../../src/transports/ssh-config/files.ts';
import { readHop } from '../../src/transports/ssh-config/hop.ts';

const FOLDER = join(import.meta.dirname, 'ssh-answers');

/** What the three print for `web01` with the file `config` beside their answers, recorded on Debian 11, 12 and 13. */
const VERSIONS = ['8.4', '9.2', '10.0'];

describe('what ssh -G answers', () => {
  const controller = { home: '/root', user: 'root', environment: {}, directory: '/' };
  const read = (version: string) => {
    const text = readFileSync(join(FOLDER, `openssh-${version}.txt`), 'utf8');
    return readHop(parseAnswer(text), 'web01', controller, new Files());
  };

  for (const version of VERSIONS)
    it(`is read alike from OpenSSH ${version}`, () => {
      const hop = read(version);
      assert.ok(hop.ok);
      const { algorithms, login, ...rest } = hop.value.hop;
      assert.deepEqual(rest, {
        address: 'web01.example.com',
        port: 2222,
        user: 'ann',
        hostKeys: {
          alias: 'web',
          userFiles: ['/root/.ssh/known_web01.example.com', '/etc/known'],
          globalFiles: [],
          revokedFile: '/root/.ssh/revoked',
          unknown: 'add',
          hashNames: true,
          checkAddress: true,
        },
        connectTimeoutMs: 7000,
        family: 'inet6',
        bindAddress: '::1',
      });
      assert.deepEqual(login, {
        keyFiles: [{ path: '/root/.ssh/key_ann', isDefault: false }],
        onlyThese: true,
        methods: ['password', 'publickey'],
      });
      assert.deepEqual(algorithms.ciphers, ['aes256-ctr', 'aes128-cbc']);
      assert.deepEqual(algorithms.macs, ['hmac-sha2-512']);
      assert.deepEqual(algorithms.keyExchanges, ['ecdh-sha2-nistp256', 'curve25519-sha256']);
      assert.deepEqual(algorithms.hostKeys, ['rsa-sha2-512', 'ssh-ed25519']);
      assert.ok(algorithms.publicKeys.includes('rsa-sha2-256'));
      assert.equal(hop.value.jumps, 'bob@gate:2200');
      assert.deepEqual(hop.value.beyond, []);
    });

  it('leaves to the program what RSA keys are too short, where that is not what it always is', () => {
    for (const [bits, words] of [
      ['1024', []],
      ['3072', ['RequiredRSASize is 3072']],
    ] as const) {
      const text = readFileSync(join(FOLDER, 'openssh-10.0.txt'), 'utf8');
      const answer = parseAnswer(text.replace(/^requiredrsasize .*$/m, `requiredrsasize ${bits}`));
      const hop = readHop(answer, 'web01', controller, new Files());
      assert.deepEqual(hop.ok && hop.value.beyond, words);
    }
  });

  it('is an error when it lacks what must be there', () => {
    const answer = new Map([
      ['hostname', ['web01']],
      ['port', ['0']],
      ['user', ['ann']],
    ]);
    const hop = readHop(answer, 'web01', controller, new Files());
    assert.match(hop.ok ? '' : hop.error.message, /answers no port for web01/);
  });
});
