import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { readSeenFile } from '../../../src/actions/support/file-seen.ts';
import { SecretMask } from '../../../src/app/cases/secret-mask.ts';
import { outputOf } from '../../../src/transports/output.ts';
import { formsOf } from '../../../src/util/secret-forms.ts';
import { Secret } from '../../../src/util/secret.ts';

const SECRET = 'c0rrect horse/battery+staple';
const mask = new SecretMask([new Secret(SECRET)]);
const none = new SecretMask([]);

describe('The mask of evidence', () => {
  it('puts as many bytes where a known secret stood', () => {
    assert.equal(mask.text(`login ${SECRET} ok`), `login ${'*'.repeat(28)} ok`);
    assert.equal(new SecretMask([new Secret('schlüssel')]).text('der schlüssel.'), `der ${'*'.repeat(10)}.`);
  });

  for (const [what, text, masked] of [
    ['an assignment', 'DB_PASSWORD=hunter2 HOME=/root', 'DB_PASSWORD=******* HOME=/root'],
    ['YAML', 'api_token: abc123\nname: web', 'api_token: ******\nname: web'],
    ['JSON', '{"clientSecret": "a \\"b\\" c", "id": 1}', '{"clientSecret": "*********", "id": 1}'],
    ['INI', "passwd = 'x y'\nuser = z", "passwd = '***'\nuser = z"],
    ['a command line', 'mysql --password=hunter2 -h db', 'mysql --password=******* -h db'],
    ['a URL', 'postgres://app:hunter2@db:5432/app', 'postgres://app:*******@db:5432/app'],
    ['a header', 'Authorization: Bearer abcdef123456', 'Authorization: Bearer ************'],
    ['shadow', 'root:$y$j9T$abcdefgh$0123456789abcdef:19000:', 'root:********************************:19000:'],
    ['a hash of Apache', 'bob:$apr1$abcdefgh$0123456789abcdefABCDEF', 'bob:*************************************'],
    ['XML', '<db.password>hunter2</db.password>', '<db.password>*******</db.password>'],
    ['PHP', "'password' => 'hunter2', 'user' => 'x'", "'password' => '*******', 'user' => 'x'"],
    ['JSON in JSON', String.raw`{\"token\": \"a b\", \"id\": 1}`, String.raw`{\"token\": \"***\", \"id\": 1}`],
    ['netrc', 'machine x login bob password hunter2', 'machine x login bob password *******'],
    ['a token that names itself', 'remote ghp_abcdefghij0123456789', 'remote ************************'],
  ] as const) {
    it(`hides what looks like a secret: ${what}`, () => {
      assert.equal(none.text(text), masked);
    });
  }

  it('hides a private key, also one that was cut off, and keeps its lines', () => {
    const key = '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNz\naC1rZXk=\n-----END OPENSSH PRIVATE KEY-----\nafter';
    const hidden = '-----BEGIN OPENSSH PRIVATE KEY-----\n********\n********\n-----END OPENSSH PRIVATE KEY-----\nafter';
    assert.equal(none.text(key), hidden);
    assert.equal(none.text(key.slice(0, 48)), hidden.slice(0, 48));
  });

  it('hides what is left of a private key where its beginning is not there, and one of PuTTY', () => {
    const line = 'b3BlbnNzaC1rZXk0';
    const end = '-----END PRIVATE KEY-----\n';
    assert.equal(none.text(`x\n${line}\n  ${line}\n  ${end}`), `x\n${'*'.repeat(16)}\n  ${'*'.repeat(16)}\n  ${end}`);
    const putty = `Private-Lines: 1\n${line}\nPrivate-MAC: 01`;
    assert.equal(none.text(putty), putty.replace(line, '*'.repeat(16)));
    const much = `${'A'.repeat(64)}\n`.repeat(16_000);
    const begun = performance.now();
    assert.equal(none.text(much), much);
    assert.ok(performance.now() - begun < 20_000);
  });

  it('hides what looks like a secret in encoded bytes that are not UTF-8, and leaves all other bytes', () => {
    const before = Buffer.from('caf\xe9 password=hunter2\xff\x80 end', 'latin1');
    const after = Buffer.from('caf\xe9 password=********* end', 'latin1');
    for (const encoding of ['base64', 'hex'] as const) {
      assert.equal(none.text(before.toString(encoding)), after.toString(encoding));
    }
  });

  for (const [what, form] of [
    ['XML', 'a&amp;b/c&lt;d e'],
    ['JSON of PHP', String.raw`a&b\/c<d e`],
    ['JSON of Go', String.raw`a\u0026b/c\u003cd e`],
    ['hexadecimal digits with colons', '61:26:62:2f:63:3c:64:20:65'],
  ] as const) {
    it(`hides a known secret as it stands in ${what}`, () => {
      assert.equal(new SecretMask([new Secret('a&b/c<d e')]).text(`x ${form}.`), `x ${'*'.repeat(form.length)}.`);
    });
  }

  for (const text of [
    'PasswordAuthentication no',
    'pam_unix(sshd:session): session opened',
    'PWD=/root OLDPWD=/',
    '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----',
    'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIDdDb7GW6Dg1xHPc4i8x7RtJ0 root@web',
    'Accepted password for root from 10.0.0.1 port 22',
    'https://web01:8080/path?token',
    'systemd-ask-password-wall.path loaded active',
    'pass',
  ]) {
    it(`leaves alone what is none: ${text.split('\n')[0]}`, () => {
      assert.equal(none.text(text), text);
    });
  }

  it('leaves no known secret in any encoding, and changes no length', () => {
    const around = fc.string({ unit: fc.constantFrom(...Array.from('ab \n:=";{}é')), maxLength: 12 });
    const secret = fc
      .string({ unit: fc.constantFrom(...Array.from('abcXYZ0189 !"$&\'+/=@\\~é%')), minLength: 6, maxLength: 24 })
      .filter((value) => value.trim().length > 5);
    fc.assert(
      fc.property(around, secret, around, fc.nat(), fc.boolean(), (before, value, after, which, wrapped) => {
        const forms = formsOf(value).words.filter((form) => form.length >= 6);
        const form = forms[which % forms.length] ?? value;
        const text = wrapped ? `x ${Buffer.from(before + form + after).toString('base64')} y` : before + form + after;
        const masked = new SecretMask([new Secret(value)]).text(text);
        assert.equal(Buffer.byteLength(masked), Buffer.byteLength(text));
        const read = wrapped ? masked + Buffer.from(masked.split(' ')[1] ?? '', 'base64').toString() : masked;
        assert.ok(!read.includes(form), `${JSON.stringify(form)} in ${JSON.stringify(read)}`);
      }),
      { numRuns: 500 },
    );
  });

  for (const [form, letter] of [
    ['raw', 'u'],
    ['base64', 'ü'],
    ['hex', 'ü'],
  ] as const) {
    it(`leaves the look at a file readable that is sent as ${form}`, () => {
      const content = `user = app\npassword = hunter2\nnote = ${SECRET}\n${letter}\n`;
      const bytes = Buffer.from(content);
      const encoded =
        form === 'raw' ? content : bytes.toString(form).replaceAll(/.{76}/g, form === 'hex' ? '$&' : '$&\n');
      const look = [
        ...['store /var/lib/runbook/kept', 'user 0', 'file /etc/a', 'owner ', 'group ', 'directory /etc', 'name a'],
        ...['kind file', `metadata 9 0600 0 0 ${bytes.length}`, `sha256 ${sum(bytes)}`],
        ...[`content ${form} ${encoded.length}`, encoded, 'end', ''],
      ].join('\n');
      const seen = readSeenFile({ code: 0, stdout: outputOf(mask.text(look)), stderr: outputOf(''), durationMs: 0 });
      assert.ok(seen.ok, JSON.stringify(seen));
      const { found } = seen.value;
      assert.ok(found.kind === 'file');
      const shown = content.replace('hunter2', '*******').replace(SECRET, '*'.repeat(28));
      assert.equal(found.content?.bytes?.toString(), shown);
      assert.equal(found.content.sha256, sum(Buffer.from(shown)));
    });
  }

  it('takes no time for a long list in which each line ends with a number', () => {
    const files = Array.from({ length: 20_000 }, (_, index) => `/var/log/app/${index}.log 4096`);
    const text = ['password = hunter2', sum(Buffer.from('a')), ...files].join('\n');
    const begun = performance.now();
    assert.equal(none.text(text), text.replace('hunter2', '*******'));
    assert.ok(performance.now() - begun < 5000);
  });
});

const sum = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
