import assert from 'node:assert/strict';
import { noteSecrets, Secret } from '../../src/util/secret.ts';

describe('the secrets that were made', () => {
  it('are kept each once, however often they are read', () => {
    const noted = noteSecrets();
    const before = new Set(noted);
    const read = ['first value', 'second value', 'first value'].map((value) => new Secret(value));
    const values = [...noted].filter((secret) => !before.has(secret)).map((secret) => secret.reveal());
    assert.deepEqual([values, read.length], [['first value', 'second value'], 3]);
  });
});
