import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadSecretsFile } from '../../src/load/secrets-file.ts';
import { SecretName } from '../../src/model/scalar-literal.ts';
import { loadText } from '../support/inventory-files.ts';

const PAGE = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'secrets.md'), 'utf8');

function example(file: string): string {
  const text = new RegExp(`^\`\`\`yaml\\n(# ${file}\\n[^]*?)^\`\`\`$`, 'm').exec(PAGE)?.[1];
  assert.ok(text !== undefined, `the page has no example of ${file}`);
  return text;
}

describe('The page about secrets', () => {
  it('shows a secrets file that has what its inventory names', async () => {
    const { secrets } = loadSecretsFile({ file: 'secrets.yaml', text: example('secrets.yaml') });
    const { inventory, diagnostics } = await loadText(example('inventory.yaml'));
    assert.deepEqual(diagnostics, []);
    const [host] = inventory?.hosts ?? [];
    for (const named of [host?.secrets.becomePassword, host?.vars['token']]) {
      assert.ok(named instanceof SecretName && secrets?.has(named.name), JSON.stringify(named));
    }
  });
});
