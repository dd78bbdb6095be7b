import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { armor, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { HUNTER2, inYaml, PASSWORD } from '../load/vaulted.ts';
import { skip } from '../support/skip.ts';
import { PROGRAM, Workplace, type Ended } from './spawn.ts';

/** Tells with hashes what reached a command by its stdin and by its environment, and prints it, too. */
const RUNBOOK = `runbook: token
summary: The token is printed
params:
  token: { type: secret }
diagnose:
  - id: stdin
    command: { argv: [sha256sum], stdin: "\${{ params.token }}" }
    effect: reads
  - id: env
    shell: printf %s "$TOKEN" | sha256sum
    env: { TOKEN: "\${{ params.token }}" }
    effect: reads
  - id: printed
    shell: printf '%s\\n' "$TOKEN"; printf %s "$TOKEN" | base64; echo "$TOKEN" >&2
    env: { TOKEN: "\${{ params.token }}" }
    effect: reads
findings:
  told:
    when: size(printed.stdout) > 0
    severity: info
    summary: "\${{ stdin.stdout }} \${{ env.stdout }} \${{ printed.stdout }}"
    advice: look
`;

const CANARY = 'canary-4711-of-the-token';

describe('secrets', function () {
  this.timeout(20_000);
  let place: Workplace;
  beforeEach(() => {
    place = new Workplace().write({ 'runbooks/token.yaml': RUNBOOK, 'params.yaml': 'token: !secret api-token\n' });
  });
  afterEach(() => {
    place.remove();
  });

  const path = (name: string): string => join(place.directory, name);
  const plan = (environment: NodeJS.ProcessEnv, ...options: readonly string[]): Promise<Ended> =>
    place.runbook(['plan', 'token', '--local', '--params-file', 'params.yaml', '-v', ...options], { environment });

  function writePrivate(name: string, content: string | Uint8Array): void {
    place.write({ [name]: '' });
    chmodSync(path(name), 0o600);
    writeFileSync(path(name), content);
  }

  function assertArrived({ code, out, err }: Ended, value: string): void {
    assert.equal(code, 0, err);
    const hash = createHash('sha256').update(value).digest('hex');
    assert.equal(err.split(hash).length - 1 >= 2, true, err.slice(0, 4000));
    const kept = readdirSync(path('state/runbook')).map((file) =>
      readFileSync(path(`state/runbook/${file}`), 'latin1'),
    );
    const places = [out, err, ...kept];
    assert.ok(
      kept.some((bytes) => bytes.includes(hash)),
      'the record has the run',
    );
    const forms = [value, Buffer.from(value).toString('base64')].flatMap((form) => form.split('\n'));
    for (const form of forms.filter((each) => each.length >= 8)) {
      assert.ok(!places.some((text) => text.includes(form.slice(0, 60))), `${form.slice(0, 60)} is shown`);
    }
  }

  it('of a vault in an inventory reach a command, and show nowhere; without its password nothing is contacted', async () => {
    const vars = `    token: "{{ in_vault }}"\n    in_vault: ${inYaml(HUNTER2, '      ')}\n`;
    const inventory = `all:\n  vars:\n${vars}  hosts: { me: { ansible_connection: local } }\n`;
    place.write({ 'inventory.yaml': inventory, pw: PASSWORD });
    const argv = ['plan', 'token', '-i', 'inventory.yaml', '--hosts', 'all', '-v'];
    assertArrived(await place.runbook([...argv, '--vault-password-file', 'pw']), 'hunter2');
    const { code, err } = await place.runbook(argv);
    assert.equal(code, 65);
    assert.match(err, /^inventory\.yaml:4:15: error E_VAULT: it is in a vault, and no password for it was given\n/);
  });

  it('of a file reach a command by stdin and environment, and show nowhere', async () => {
    writePrivate('secrets.yaml', `api-token: ${CANARY}\nother: x\n`);
    assertArrived(await plan({}, '--secrets', 'secrets.yaml'), CANARY);
    assertArrived(await plan({ RUNBOOK_SECRETS: path('secrets.yaml') }), CANARY);
  });

  it('of a file of age, binary or armored, do the same', async () => {
    const key = await generateX25519Identity();
    const encrypter = new Encrypter();
    encrypter.addRecipient(await identityToRecipient(key));
    const encrypted = await encrypter.encrypt(`api-token: ${CANARY}\n`);
    writePrivate('key.txt', `# a comment\n${key}\n`);
    writePrivate('secrets.age', encrypted);
    assertArrived(await plan({}, '--secrets', 'secrets.age', '--age-identity', 'key.txt'), CANARY);
    writePrivate('.config/runbook/secrets.yaml.age', armor.encode(encrypted));
    writePrivate('.config/runbook/age-identity.txt', `${key}\n`);
    assertArrived(await plan({}), CANARY);
  });

  const values: readonly (readonly [what: string, value: string])[] = [
    ['of several lines', '-----BEGIN KEY-----\nAAAABBBBCCCCDDDD\n  EEEE\n\n-----END KEY-----'],
    ['of quotes, dollars and backslashes', `it's "$HOME" \`id\` \\n $(id) !! ü 漢 'x'`],
    ['of 64 KiB', randomBytes(49_152).toString('base64')],
  ];
  for (const [what, value] of values) {
    it(`${what} arrive as they are, by a credential and by the environment`, async () => {
      writePrivate('credentials/api-token', `${value}\n`);
      assertArrived(await plan({ CREDENTIALS_DIRECTORY: path('credentials') }), value);
      assertArrived(await plan({ RUNBOOK_SECRET_API_TOKEN: value }), value);
    });
  }

  it('of one character arrive, and are masked wherever that character is printed', async () => {
    const { code, err } = await plan({ RUNBOOK_SECRET_API_TOKEN: '~' });
    assert.equal(code, 0, err);
    const hash = createHash('sha256').update('~').digest('hex');
    assert.ok(err.includes(hash) && !err.includes('~'), err);
  });

  it('in a file that others may read are refused, with the command to close it, and not repeated', async () => {
    place.write({ 'secrets.yaml': `api-token: ${CANARY}\n` });
    const { code, out, err } = await plan({}, '--secrets', 'secrets.yaml');
    assert.deepEqual([code, out], [65, '']);
    assert.equal(
      err,
      'secrets.yaml:1:1: error E_PERM: other users may read this file\n  hint: chmod 600 secrets.yaml\n',
    );
  });

  it('in a file that is wrong are told by place, without an excerpt', async () => {
    writePrivate('secrets.yaml', `other: 4711\napi-token: "${CANARY}\n`);
    const { code, err } = await plan({}, '--secrets', 'secrets.yaml');
    assert.equal(code, 65);
    assert.match(
      err,
      /^secrets\.yaml:3:1: error E_YAML: this cannot be read as YAML\n {2}hint: put the value in single/,
    );
    assert.doesNotMatch(err, /canary|4711/);
  });

  it('in clear text where a name must stand are refused, and not shown', async () => {
    place.write({ 'params.yaml': `token: ${CANARY}\n` });
    const { code, err } = await plan({});
    assert.equal(code, 65);
    assert.equal(
      err,
      'params.yaml:1:1: error E_PLAINTEXT_SECRET: the param token: expected a secret, written !secret NAME; a secret in clear text is not accepted\n',
    );
  });

  describe('for sudo', () => {
    it('in clear text in an inventory are warned about, and not shown, whatever else is wrong with it', async () => {
      const inventory = (more: string): string =>
        `all:\n  hosts:\n    me:\n      ansible_connection: local\n      ansible_become_pass: ${CANARY}\n${more}`;
      const argv = ['plan', 'token', '-i', 'inventory.yaml', '--hosts', 'all', '--params-file', 'params.yaml'];
      const environment = { RUNBOOK_SECRET_API_TOKEN: 'x-token-x' };
      place.write({ 'inventory.yaml': inventory('') });
      const fine = await place.runbook(argv, { environment });
      assert.equal(fine.code, 0);
      assert.match(
        fine.err,
        /^inventory\.yaml:5:28: warning W_PLAINTEXT_SECRET: a clear-text password; whoever reads this file has it\n {2}hint: /,
      );
      place.write({ 'inventory.yaml': inventory('      ansible_port: ssh\n') });
      const typo = await place.runbook(argv, { environment });
      assert.equal(typo.code, 65);
      assert.match(typo.err, /\n {2}6 \| {7}ansible_port: ssh\n/);
      place.write({ 'inventory.yaml': inventory('    b: [\n') });
      const broken = await place.runbook(argv, { environment });
      assert.equal(broken.code, 65);
      assert.doesNotMatch(fine.out + fine.err + typo.err + broken.err, /canary/);
    });

    it('are not asked for without a terminal: exit 64, and what to do', async () => {
      const { code, out, err } = await plan({ RUNBOOK_SECRET_API_TOKEN: CANARY }, '-K');
      assert.deepEqual([code, out], [64, '']);
      assert.equal(
        err,
        'error: --ask-become-pass asks for a password, and nobody can be asked: there is no terminal\nhint:  write ansible_become_password: !secret NAME into the inventory instead\n',
      );
    });

    describe('on a terminal', () => {
      before(function () {
        if (spawnSync('script', ['--version']).status !== 0) skip(this, 'script (util-linux) is not here');
      });

      const onTerminal = (typed: string, ...options: readonly string[]): Promise<Ended> => {
        const words = ['plan', 'token', '--local', '--params-file', 'params.yaml', ...options];
        const command = [process.execPath, PROGRAM, ...words].map((word) => `'${word}'`).join(' ');
        return place.type(typed, 'env', [
          `RUNBOOK_SECRET_API_TOKEN=${CANARY}`,
          'script',
          '-qefc',
          command,
          '/dev/null',
        ]);
      };

      it('are asked for once, before anything is contacted, and not echoed', async () => {
        const { code, out } = await onTerminal('hunter\u007f\u007f-typed-wrong\u0015hunter2-typed\r', '-K');
        assert.equal(code, 0, out);
        assert.match(out, /^Password for sudo on 1 host: \r\n[^]*localhost/);
        assert.equal(out.split('Password for sudo').length, 2);
        assert.doesNotMatch(out, /hunter|typed/);
      });

      const ends: readonly (readonly [what: string, key: string, code: number, message: RegExp])[] = [
        ['Ctrl-C', '\u0003', 130, /interrupted; nothing was contacted/],
        ['the end of input', '\u0004', 130, /interrupted; nothing was contacted/],
        ['nothing', '\r', 64, /no password was typed/],
      ];
      for (const [what, key, expected, message] of ends) {
        it(`end the command when the answer is ${what}`, async () => {
          const { code, out } = await onTerminal(key, '-K');
          assert.equal(code, expected, out);
          assert.match(out, message);
        });
      }
    });
  });
});
