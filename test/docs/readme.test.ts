import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadText } from '../support/inventory-files.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

function blocks(language: string): readonly string[] {
  return [...README.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(
    ([, text = '']) => text,
  );
}

describe('The README', () => {
  it('shows an inventory that can be used as it is', async () => {
    const [text = ''] = blocks('yaml');
    const { inventory, diagnostics } = await loadText(text);
    assert.deepEqual(diagnostics, []);
    assert.deepEqual(
      inventory?.hosts.map(({ name, address, user }) => [name, address, user]),
      [
        ['web01', '192.0.2.11', 'admin'],
        ['web02', '192.0.2.12', 'admin'],
      ],
    );
  });

  it('names the test command that CI runs', () => {
    const ci = readFileSync(join(ROOT, '.ci', 'run'), 'utf8');
    assert.ok(blocks('').includes('npm ci && npm test\n'));
    assert.match(ci, /^npm ci\b[\s\S]*^npm test\b[\s\S]*^npm run check\b/m);
  });
});
