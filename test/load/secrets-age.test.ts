import assert from 'node:assert/strict';
import { armor, Encrypter, generateHybridIdentity, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { decryptAge, isAge } from '../../src/load/secrets-age.ts';

const TEXT = 'token: hunter2\n';

describe('decryptAge', () => {
  let key: string;
  let other: string;
  let bytes: Buffer;

  before(async () => {
    [key, other] = await Promise.all([generateX25519Identity(), generateX25519Identity()]);
    bytes = await encrypted(key);
  });

  it('opens a binary and an armored file, with the key that fits of several, comments left out', async () => {
    const keys = `# created: 2026-11-23\n# public key: ...\n${other}\r\n\n  ${key}  \n`;
    assert.equal(await textOf(bytes, keys), TEXT);
    assert.equal(await textOf(Buffer.from(armor.encode(bytes)), keys), TEXT);
    assert.equal(await textOf(Buffer.from(`\n${armor.encode(bytes).replaceAll('\n', '\r\n')}`), keys), TEXT);
  });

  it('opens a file for several keys, and for a post-quantum key', async () => {
    assert.equal(await textOf(await encrypted(other, key), key), TEXT);
    const hybrid = await generateHybridIdentity();
    assert.equal(await textOf(await encrypted(hybrid), hybrid), TEXT);
  });

  it('knows a file of age by its first bytes', () => {
    assert.deepEqual([bytes, Buffer.from(armor.encode(bytes)), Buffer.from(TEXT), Buffer.of()].map(isAge), [
      true,
      true,
      false,
      false,
    ]);
  });

  it('says that a key does not fit, and how to make it fit', async () => {
    assert.deepEqual(await problemOf(bytes, other), {
      file: 'secrets.age',
      code: 'E_IDENTITY',
      message: 'the key in key.txt does not open this file',
      hint: 'name the right key with --age-identity, or encrypt the file for this one too: age -r $(age-keygen -y key.txt) ...',
    });
    const third = await generateX25519Identity();
    assert.equal(
      (await problemOf(bytes, `${other}\n${third}\n`)).message,
      'none of the 2 keys in key.txt opens this file',
    );
  });

  it('says of a file with a passphrase that a run cannot type one, without trying', async () => {
    const encrypter = new Encrypter();
    encrypter.setPassphrase('hunter2');
    encrypter.setScryptWorkFactor(1);
    assert.deepEqual(await problemOf(Buffer.from(await encrypter.encrypt(TEXT)), key), {
      file: 'secrets.age',
      code: 'E_PASSPHRASE',
      message: 'this is encrypted with a passphrase, and only keys can be used',
      hint: 'encrypt it for a key of age: age -r age1... -o FILE.age FILE',
    });
  });

  it('says which kinds of keys a file is for when it has none of these', async () => {
    const text = bytes
      .toString('latin1')
      .replace(/^-> X25519 .*$/m, '-> ssh-ed25519 gZPyhg kt3LmAZtZ8cYyjSN3h+o2H9AQd1kCvcWFbPIq7Zm0nE');
    const { code, message } = await problemOf(Buffer.from(text, 'latin1'), key);
    assert.deepEqual([code, message], ['E_IDENTITY', 'this is encrypted for keys of other kinds only: ssh-ed25519']);
  });

  it('says that a file is damaged, wherever it is', async () => {
    const header = bytes.indexOf('\n--- ');
    const places = [30, header - 3, header + 8, header + 60, bytes.length - 1];
    for (const place of places) {
      const damaged = Buffer.from(bytes);
      damaged[place] = (damaged[place] ?? 0) ^ 1;
      const { file, code } = await problemOf(damaged, key);
      // A key share that is another one fits no key.
      assert.ok(file === 'secrets.age' && ['E_DAMAGED', 'E_IDENTITY'].includes(code), `${place}: ${code}`);
    }
    for (const length of [25, header, header + 50, bytes.length - 1]) {
      assert.equal((await problemOf(bytes.subarray(0, length), key)).code, 'E_DAMAGED', `${length}`);
    }
    const text = armor.encode(bytes);
    assert.equal((await problemOf(Buffer.from(text.slice(0, -20)), key)).code, 'E_DAMAGED');
    assert.equal((await problemOf(Buffer.from(text.replace(/^.*\n(.)/, (line) => `${line}!`)), key)).code, 'E_DAMAGED');
  });

  it('says that a file is not of age, or of a later age', async () => {
    assert.equal((await problemOf(Buffer.from(TEXT), key)).message, 'this is not encrypted by age');
    const later = Buffer.from(
      bytes.toString('latin1').replace('age-encryption.org/v1', 'age-encryption.org/v9'),
      'latin1',
    );
    assert.equal((await problemOf(later, key)).message, 'this was encrypted by an unknown version of age');
  });

  const identities: readonly (readonly [what: string, text: (key: string) => string, message: string])[] = [
    ['nothing', () => '# empty\n', 'there is no key in it'],
    ['a public key', () => 'age1qyqszqgpqyqszqgpqyqszqgp\n', 'line 1 is a public key, which cannot decrypt'],
    [
      'a key of a plugin',
      (key) => `${key}\nAGE-PLUGIN-YUBIKEY-1QQ\n`,
      'line 2 is a key of a plugin, and plugins are not started',
    ],
    ['a key with a slip', (key) => key.replace(/.$/, (last) => (last === 'Q' ? 'P' : 'Q')), 'line 1 is no key of age'],
    ['words', () => 'hunter2\n', 'line 1 is no key of age'],
    ['an SSH key', () => '-----BEGIN OPENSSH PRIVATE KEY-----\nhunter2\n', 'this is no key of age'],
    ['an encrypted key', () => 'age-encryption.org/v1\n-> scrypt x\n', 'this key is encrypted itself'],
  ];
  for (const [what, text, message] of identities) {
    it(`refuses ${what} as a key, and repeats no part of it`, async () => {
      const problem = await problemOf(bytes, text(key));
      assert.deepEqual([problem.file, problem.code, problem.message], ['key.txt', 'E_IDENTITY', message]);
      assert.doesNotMatch(JSON.stringify(problem), /hunter2|SECRET-KEY-1[A-Z0-9]{2}/);
    });
  }
});

async function encrypted(...keys: readonly string[]): Promise<Buffer> {
  const encrypter = new Encrypter();
  for (const key of keys) encrypter.addRecipient(await identityToRecipient(key));
  return Buffer.from(await encrypter.encrypt(TEXT));
}

const decrypt = (bytes: Buffer, keys: string) =>
  decryptAge({ file: 'secrets.age', bytes }, { file: 'key.txt', text: keys });

async function textOf(bytes: Buffer, keys: string): Promise<string> {
  const decrypted = await decrypt(bytes, keys);
  assert.ok(decrypted.ok, JSON.stringify(decrypted));
  return decrypted.value.toString();
}

async function problemOf(bytes: Buffer, keys: string) {
  const decrypted = await decrypt(bytes, keys);
  assert.ok(!decrypted.ok);
  const { at, code, message, hint } = decrypted.error;
  return { file: at.file, code, message, hint };
}
