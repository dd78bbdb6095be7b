import assert from 'node:assert/strict';
import { checkBecomePasswords, whyNoPassword } from '../../src/app/become-password.ts';
import { Secret } from '../../src/util/secret.ts';
import { boundHost } from '../support/scripted-host.ts';

describe('a password for sudo', () => {
  const refused: readonly (readonly [what: string, password: string, why: string])[] = [
    ['a second line, which the shell would read', 'hunter2\nid', 'has more than one line, and one is read'],
    ['a line break at its end', 'hunter2\n', 'has more than one line, and one is read'],
    ['a carriage return', 'hunter2\rid', 'has more than one line, and one is read'],
    ['a NUL', 'hunter2\0', 'has more than one line, and one is read'],
    ['256 bytes', `${'ü'.repeat(127)}xx`, 'is longer than the 255 bytes that every sudo reads'],
  ];
  for (const [what, password, why] of refused) {
    it(`is refused with ${what}, and not repeated`, () => {
      const host = { ...boundHost('web01'), secrets: { becomePassword: new Secret(password) } };
      assert.deepEqual(checkBecomePasswords([boundHost('a'), host]), {
        code: 'configuration',
        message: `the password for sudo on web01 ${why}`,
        hint: 'correct ansible_become_password, or the secret that it names',
      });
    });
  }

  it('may have no control character where a terminal would take it for a command', () => {
    assert.match(whyNoPassword(new Secret('hunter\u00032'), ['sudo', 'doas']) ?? '', /control character, .* doas/);
    assert.equal(whyNoPassword(new Secret('hunter\u00032'), ['sudo', 'su']), undefined);
    assert.equal(whyNoPassword(new Secret('it is\t2 ü'), ['doas']), undefined);
  });

  it('may have any other character, and 255 bytes', () => {
    for (const password of ['x', ' " \' $ ` \\ \t ü ', 'y'.repeat(255)]) {
      assert.equal(whyNoPassword(new Secret(password), ['sudo', 'su']), undefined);
    }
  });
});
