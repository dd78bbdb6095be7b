import assert from 'node:assert/strict';
import { hideSecrets } from '../../src/cli/hide-secrets.ts';
import type { Diagnostic } from '../../src/model/source.ts';
import { inTime } from '../support/in-time.ts';

describe('hideSecrets', () => {
  const hidden: readonly (readonly [what: string, text: string, lines: readonly number[]])[] = [
    ['a password of sudo', 'a: 1\nansible_become_pass: hunter2\nb: 2', [2]],
    ['one in a map on one line', 'web01: { ansible_host: x, "ansible_become_password": hunter2 }', [1]],
    ['one on the next line', 'ansible_ssh_pass:\n  hunter2\nb: 2', [1, 2]],
    ['one in a block', '  db_password: |\n    hunter2\n\n    hunter3\n  b: 2', [1, 2, 3, 4]],
    ['other names of secrets', 'API_KEY: x\napi-token: x\nPGPASSWORD: x\nclient_secret: x', [1, 2, 3, 4]],
    ['one in the INI form', 'web01 ansible_password=hunter2 x=1\n[web:vars]\nansible_ssh_pass = hunter3', [1, 3]],
    [
      'a URL that lets its holder write',
      '  - webhook: https://h.example.org/hunter2\nping: "https://p.example.org/hunter3"',
      [1, 2],
    ],
    ['one beside the name of another', 'a: { db_password: !secret db, web_password: hunter2 }', [1]],
  ];
  for (const [what, text, lines] of hidden) {
    it(`hides ${what}`, () => {
      const shown = hideSecrets(text, []);
      const empty = shown.text.split('\n').flatMap((line, index) => (line === '' ? [index + 1] : []));
      assert.deepEqual(empty, lines);
      assert.deepEqual([...shown.hidden], lines);
      assert.doesNotMatch(shown.text, /hunter/);
    });
  }

  it('leaves names of secrets, spans, and what describes a param', () => {
    const text = [
      'ansible_become_password: !secret sudo',
      'params:',
      '  token: { type: secret }',
      '  password:',
      '    type: secret',
      'env: { PGPASSWORD: "${{ params.password }}" }',
    ].join('\n');
    assert.deepEqual(hideSecrets(text, []), { text, hidden: new Set() });
  });

  it('hides the lines that a diagnostic about a secret in clear text points at', () => {
    const text =
      'a: 1\nb: hunter2\nc: 3\r\nd: |\n  -----BEGIN PRIVATE KEY-----\n  AAAA\n  -----END PRIVATE KEY-----\ne: 5';
    const shown = hideSecrets(text, [at('E_PLAINTEXT_SECRET', 2), at('E_TYPE', 3), at('W_PLAINTEXT_SECRET', 5)]);
    assert.equal(shown.text, 'a: 1\n\nc: 3\nd: |\n\n\n\ne: 5');
    assert.deepEqual([...shown.hidden], [2, 5, 6, 7]);
  });

  it('takes a megabyte made to be slow in less than a second', () => {
    const started = performance.now();
    for (const text of ['ansible_' + 'pass'.repeat(250_000), 'secret'.repeat(150_000), 'token:\n'.repeat(150_000)]) {
      hideSecrets(text, []);
    }
    assert.ok(performance.now() - started < inTime(1000));
  });
});

function at(code: string, line: number): Diagnostic {
  const place = { line, column: 1, offset: 0 };
  return { severity: 'error', code, message: '', at: { file: 'a.yaml', start: place, end: place } };
}
