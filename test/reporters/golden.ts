import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Compares with `test/reporters/golden/NAME`, escapes written out; `GOLDEN=write` makes it anew, to be looked at before it is committed. */
export function assertGolden(name: string, text: string): void {
  const file = join(import.meta.dirname, 'golden', name);
  const visible = text.replaceAll('\u001b', '\\e');
  if (process.env['GOLDEN'] === 'write') writeFileSync(file, visible);
  assert.equal(visible, readFileSync(file, 'utf8'));
}
