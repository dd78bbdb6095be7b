import assert from 'node:assert/strict';
import { noteSecrets, Secret } from '../../src/util/secret.ts';

describe('the secrets that were made', () => {
  it('are kept each once, however often they are read', () => {
    const noted = noteSecrets();
    const before = new Set(noted);
    for (let time = 0; time < 3; time += 1) for (const value of ['first value', 'second value']) new Secret(value);
    const values = [...noted].filter((secret) => !before.has(secret)).map((secret) => secret.reveal());
    assert.deepEqual(values.sort(), ['first value', 'second value']);
  });
});
