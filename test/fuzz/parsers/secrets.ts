import assert from 'node:assert/strict';
import { SecretMask } from '../../../src/app/cases/secret-mask.ts';
import { Redactor } from '../../../src/util/redact.ts';
import { Secret } from '../../../src/util/secret.ts';
import type { Parser } from '../parser.ts';

const VALUE = 'correct-horse/9"staple';
const SECRETS = [new Secret(VALUE), new Secret('two\nlines of a secret'), new Secret('0123456789')];
const FORMS = [
  VALUE,
  JSON.stringify(VALUE).slice(1, -1),
  encodeURIComponent(VALUE),
  Buffer.from(VALUE).toString('base64'),
  Buffer.from(VALUE).toString('hex'),
  VALUE.slice(0, 9),
  VALUE.slice(9),
];

const WORDS = [
  ...FORMS,
  ...[
    '\n',
    ' ',
    '\\',
    '\\n',
    '\\x',
    '\\u0063',
    '%',
    '%63',
    '&',
    '&#99;',
    '&quot;',
    '=',
    '=\n',
    '"',
    "'",
    'password=',
    'token: ',
  ],
  ...[
    '-----BEGIN RSA PRIVATE KEY-----\n',
    '-----END RSA PRIVATE KEY-----',
    'https://a:',
    '@',
    'bearer ',
    '$6$',
    'AAAA',
    '00',
  ],
  ...['00000000: 636f 7272  corr\n', '|', '\u001b[31m', '[... 9 bytes not kept ...]', '\0', 'é', '🙂'],
];

/** All that a host prints is searched for secrets before it is kept or shown. */
export const SECRET_TEXTS: readonly Parser[] = [
  {
    name: 'text in which secrets are looked for',
    corpus: [`x ${FORMS.join('\n')} y\n`, `{"password": "${FORMS[1]}"}\n`, 'plain text\n'],
    words: WORDS,
    check(text) {
      const shown = REDACTOR.text(text);
      assert.ok(!shown.includes(VALUE), 'a secret is shown');
      return shown;
    },
  },
  {
    name: 'evidence in which secrets are masked',
    corpus: [`x ${FORMS.join('\n')} y\n`, `{"password": "${FORMS[1]}"}\n`, `content raw 5\nabcde\n${'0'.repeat(64)}\n`],
    words: WORDS,
    check(text) {
      const masked = MASK.text(text);
      assert.ok(!masked.includes(VALUE), 'a secret is kept');
      if (text.isWellFormed())
        assert.equal(Buffer.byteLength(masked), Buffer.byteLength(text), 'its length has changed');
      return masked;
    },
  },
];

const REDACTOR = new Redactor(SECRETS);
const MASK = new SecretMask(SECRETS);
