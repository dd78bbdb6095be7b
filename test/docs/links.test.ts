import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
const PAGES = globSync(['*.md', 'docs/**/*.md'], { cwd: ROOT });
const LINK = /\]\(([^)\s]+)\)/g;

function brokenLinks(page: string): readonly string[] {
  const text = readFileSync(join(ROOT, page), 'utf8').replace(/```[\s\S]*?```/g, '');
  const targets = [...text.matchAll(LINK)].map(([, target = '']) => target);
  const own = targets.filter((target) => !/^[a-z]+:/.test(target)).map((target) => target.replace(/#.*$/, ''));
  return own.filter((target) => target !== '' && !existsSync(join(ROOT, dirname(page), target)));
}

describe('The documentation', () => {
  it('has pages', () => {
    assert.ok(PAGES.length >= 10, String(PAGES.length));
  });

  for (const page of PAGES) {
    it(`links only to files that exist in ${page}`, () => {
      assert.deepEqual(brokenLinks(page), []);
    });
  }
});
