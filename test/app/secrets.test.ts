import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { lookUpSecrets, secretVariable } from '../../src/app/secrets.ts';
import type { SecretsOptions } from '../../src/app/secrets-open.ts';
import type { Configuration } from '../../src/model/configuration.ts';
import { Secret } from '../../src/util/secret.ts';
import { NO_CONFIGURATION } from '../support/no-configuration.ts';

describe('lookUpSecrets', () => {
  let home: string;
  let config: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'secrets-'));
    config = join(home, '.config', 'runbook');
  });
  afterEach(() => {
    rmSync(home, { recursive: true });
  });

  let configuration: Configuration;
  beforeEach(() => {
    configuration = NO_CONFIGURATION;
  });

  function lookUp(names: readonly string[], environment: NodeJS.ProcessEnv = {}, options: SecretsOptions = {}) {
    const needed = new Map(names.map((name) => [name, `the param ${name}`]));
    return lookUpSecrets(needed, options, {
      environment,
      directory: home,
      home,
      user: 'me',
      siteDirectory: join(home, 'etc'),
      configuration,
    });
  }

  async function valueOf(name: string, environment: NodeJS.ProcessEnv = {}, options: SecretsOptions = {}) {
    const found = await lookUp([name], environment, options);
    assert.ok(found.ok, JSON.stringify(found));
    return found.value.get(name)?.reveal();
  }

  async function troubleOf(name: string, environment: NodeJS.ProcessEnv = {}, options: SecretsOptions = {}) {
    const found = await lookUp([name], environment, options);
    assert.ok(!found.ok, 'it was found');
    assert.deepEqual(found.error.sources, [], 'nothing of a file is there to be shown');
    const { diagnostics, errors } = found.error;
    return { diagnostics: diagnostics.map(({ at, code, message }) => `${at.file} ${code} ${message}`), errors };
  }

  it('takes the environment before a credential, and that before the secrets file', async () => {
    const credentials = join(home, 'credentials');
    const environment = { RUNBOOK_SECRET_TOKEN: 'of the environment', CREDENTIALS_DIRECTORY: credentials };
    write(join(credentials, 'token'), 'of the credential');
    write(join(config, 'secrets.yaml'), 'token: of the file\n');
    assert.equal(await valueOf('token', environment), 'of the environment');
    assert.equal(await valueOf('token', { CREDENTIALS_DIRECTORY: credentials }), 'of the credential');
    assert.equal(await valueOf('token', { RUNBOOK_SECRET_TOKEN: '' }), 'of the file');
  });

  it('takes the named file before the variable, and that before the default one, which XDG_CONFIG_HOME moves', async () => {
    const [first, second] = ['first.yaml', 'second.yaml'].map((name) => write(join(home, name), `token: of ${name}\n`));
    write(join(config, 'secrets.yaml'), 'token: of the default\n');
    write(join(home, 'xdg/runbook/secrets.yaml'), 'token: of XDG\n');
    const environment = { RUNBOOK_SECRETS: second };
    assert.equal(await valueOf('token', environment, { secrets: first }), 'of first.yaml');
    assert.equal(await valueOf('token', environment), 'of second.yaml');
    assert.equal(await valueOf('token', {}, { secrets: 'first.yaml' }), 'of first.yaml');
    assert.equal(await valueOf('token'), 'of the default');
    assert.equal(await valueOf('token', { XDG_CONFIG_HOME: join(home, 'xdg') }), 'of XDG');
  });

  it('takes that of the configuration after the variable, and before the default one', async () => {
    const [first, second] = ['first.yaml', 'second.yaml'].map((name) => write(join(home, name), `token: of ${name}\n`));
    write(join(config, 'secrets.yaml'), 'token: of the default\n');
    const start = { line: 1, column: 1, offset: 0 };
    const at = { file: '/etc/runbook/config.yaml', start, end: start };
    configuration = { ...NO_CONFIGURATION, secrets: { value: second ?? '', at } };
    assert.equal(await valueOf('token'), 'of second.yaml');
    assert.equal(await valueOf('token', { RUNBOOK_SECRETS: first }), 'of first.yaml');
  });

  it('looks at no file while the environment has all that is needed', async () => {
    const environment = { RUNBOOK_SECRET_TOKEN: 'hunter2', RUNBOOK_SECRETS: '/nowhere' };
    write(join(config, 'secrets.yaml'), 'not: [a, secrets file', 0o644);
    assert.equal(await valueOf('token', environment, { secrets: '/nowhere' }), 'hunter2');
    const none = await lookUp([], {}, { secrets: '/nowhere' });
    assert.ok(none.ok && none.value.size === 0);
  });

  it('gives secrets that show themselves nowhere', async () => {
    const found = await lookUp(['token'], { RUNBOOK_SECRET_TOKEN: 'hunter2' });
    assert.ok(found.ok && found.value.get('token') instanceof Secret);
    assert.doesNotMatch(JSON.stringify([...found.value]), /hunter2/);
  });

  it('makes one name of a variable of each name', () => {
    assert.equal(secretVariable('db-password.v2'), 'RUNBOOK_SECRET_DB_PASSWORD_V2');
  });

  it('says of a secret that is nowhere where it was looked for, what for, and where to put it', async () => {
    const { errors, diagnostics } = await troubleOf('token');
    assert.deepEqual(diagnostics, []);
    assert.deepEqual(errors, [
      {
        code: 'configuration',
        message: [
          'the secret token, for the param token, is nowhere; looked at',
          ...rows(
            ['$RUNBOOK_SECRET_TOKEN', 'not set'],
            ['$CREDENTIALS_DIRECTORY/token', 'not set'],
            ['--secrets FILE, $RUNBOOK_SECRETS', 'not given'],
            ['configuration', 'has no secrets:'],
            [`${config}/secrets.yaml`, 'not there'],
            [`${config}/secrets.age`, 'not there'],
            [`${config}/secrets.yaml.age`, 'not there'],
          ),
        ].join('\n'),
        hint: "set $RUNBOOK_SECRET_TOKEN, or write token: 'VALUE' into a secrets file and name it with --secrets",
      },
    ]);
  });

  it('says it of files that are there, too', async () => {
    write(join(config, 'secrets.yaml'), 'other: x\n');
    write(join(config, 'secrets.age'), 'x');
    const named = write(join(home, 'named.yaml'), 'other: x\n');
    const environment = { RUNBOOK_SECRET_TOKEN: '', CREDENTIALS_DIRECTORY: home };
    const [first] = (await troubleOf('token', environment)).errors;
    assert.deepEqual(
      first?.message.split('\n').slice(1),
      rows(
        ['$RUNBOOK_SECRET_TOKEN', 'empty'],
        ['$CREDENTIALS_DIRECTORY/token', 'not there'],
        ['--secrets FILE, $RUNBOOK_SECRETS', 'not given'],
        ['configuration', 'has no secrets:'],
        [`${config}/secrets.yaml`, 'has no such name'],
        [`${config}/secrets.age`, 'not looked at: the one before it is there'],
        [`${config}/secrets.yaml.age`, 'not looked at: the one before it is there'],
      ),
    );
    const [second] = (await troubleOf('token', {}, { secrets: named })).errors;
    assert.match(second?.message ?? '', /\n {2}\S+named\.yaml {2,}\(has no such name\)$/);
  });

  it('tells all that are missing at once', async () => {
    const found = await lookUp(['a', 'b']);
    assert.ok(!found.ok);
    assert.deepEqual(
      found.error.errors.map(({ message }) => message.split(',')[0]),
      ['the secret a', 'the secret b'],
    );
  });

  describe('in credentials', () => {
    const values: readonly (readonly [what: string, content: string, value: string])[] = [
      ['without a line break', 'hunter2', 'hunter2'],
      ['with one at its end, which is cut', 'hunter2\n', 'hunter2'],
      ['with two, of which one is cut', 'hunter2\n\n', 'hunter2\n'],
      ['with that of Windows', 'hunter2\r\n', 'hunter2'],
      ['of several lines', '-----BEGIN\nAAAA\n-----END\n', '-----BEGIN\nAAAA\n-----END'],
      ['of one character', 'x', 'x'],
      ['of quotes and dollars', `"'$\`\\ü`, `"'$\`\\ü`],
      ['of 64 KiB', 'v'.repeat(65_536), 'v'.repeat(65_536)],
    ];
    for (const [what, content, value] of values) {
      it(`takes a value ${what}`, async () => {
        write(join(home, 'token'), content, 0o440);
        assert.equal(await valueOf('token', { CREDENTIALS_DIRECTORY: home }), value);
      });
    }

    const refused: readonly (readonly [what: string, content: string | Buffer, mode: number, why: string])[] = [
      ['with a NUL', 'hunter2\0', 0o400, 'E_VALUE the secret has a NUL byte, which no shell can hold'],
      ['that is empty', '\n', 0o400, 'E_VALUE the secret is empty'],
      ['that is no text', Buffer.from([0x68, 0xff]), 0o400, 'E_ENCODING the file is not UTF-8, at byte offset 1'],
      ['that everybody may read', 'hunter2', 0o444, 'E_PERM other users may read this file'],
    ];
    for (const [what, content, mode, why] of refused) {
      it(`refuses one ${what}`, async () => {
        const path = write(join(home, 'token'), content, mode);
        const trouble = await troubleOf('token', { CREDENTIALS_DIRECTORY: home });
        assert.deepEqual(trouble, { diagnostics: [`${path} ${why}`], errors: [] });
      });
    }

    it('looks at none for a name with a slash, which could lead elsewhere', async () => {
      write(join(home, 'elsewhere'), 'hunter2');
      mkdirSync(join(home, 'credentials/a'), { recursive: true });
      const { errors } = await troubleOf('a/../../elsewhere', { CREDENTIALS_DIRECTORY: join(home, 'credentials') });
      assert.equal(errors.length, 1);
    });
  });

  describe('in a secrets file', () => {
    it('refuses one that others may read, that is wrong, or that is named and not there', async () => {
      const path = write(join(config, 'secrets.yaml'), 'token: hunter2\n', 0o640);
      assert.deepEqual((await troubleOf('token')).diagnostics, [`${path} E_PERM other users may read this file`]);
      write(path, 'token: 4711\n');
      assert.deepEqual((await troubleOf('token')).diagnostics, [
        `${path} E_STRING YAML reads token as a number, and a secret is a text`,
      ]);
      assert.deepEqual((await troubleOf('token', {}, { secrets: '/nowhere' })).diagnostics, [
        '/nowhere E_READ there is no such file',
      ]);
    });

    it('does not pass over a link that leads nowhere', async () => {
      mkdirSync(config, { recursive: true });
      symlinkSync('/nowhere', join(config, 'secrets.yaml'));
      assert.match((await troubleOf('token')).diagnostics[0] ?? '', / E_READ there is no such file$/);
    });

    it('decrypts one of age with the key that is named, or the default one', async () => {
      const key = await generateX25519Identity();
      const encrypter = new Encrypter();
      encrypter.addRecipient(await identityToRecipient(key));
      const encrypted = await encrypter.encrypt('token: hunter2\n');
      const file = write(join(config, 'secrets.age'), encrypted, 0o600);
      assert.deepEqual((await troubleOf('token')).diagnostics, [
        `${file} E_IDENTITY a key is needed to decrypt this, and ${config}/age-identity.txt is not there`,
      ]);
      const named = write(join(home, 'key.txt'), `${key}\n`);
      assert.equal(await valueOf('token', {}, { ageIdentity: named }), 'hunter2');
      assert.equal(await valueOf('token', { RUNBOOK_AGE_IDENTITY: named }), 'hunter2');
      const fallback = write(join(config, 'age-identity.txt'), `${key}\n`);
      assert.equal(await valueOf('token'), 'hunter2');
      chmodSync(fallback, 0o644);
      assert.deepEqual((await troubleOf('token')).diagnostics, [`${fallback} E_PERM other users may read this file`]);
      chmodSync(fallback, 0o600);
      const plainName = write(join(home, 'plain.yaml'), encrypted);
      assert.equal(await valueOf('token', {}, { secrets: plainName }), 'hunter2');
    });
  });
});

function rows(...places: readonly (readonly [place: string, why: string])[]): readonly string[] {
  const width = Math.max(...places.map(([place]) => place.length));
  return places.map(([place, why]) => `  ${place.padEnd(width)}  (${why})`);
}

function write(path: string, content: string | Uint8Array, mode = 0o600): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}
