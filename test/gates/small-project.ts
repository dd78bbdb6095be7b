import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const CHECKOUT = join(import.meta.dirname, '..', '..');
const RULES = [
  'package.json',
  'tsconfig.json',
  'tsconfig.build.json',
  '.oxlintrc.json',
  '.dependency-cruiser.cjs',
  '.prettierrc.json',
  '.mocharc.json',
  'test/support/reporter.ts',
  'test/support/skip.ts',
];

/** A project under this project's rules with `files`, by path, and nothing else. Gone when disposed. */
export class SmallProject implements Disposable {
  readonly root: string;

  constructor(files: Readonly<Record<string, string>>) {
    this.root = realpathSync(mkdtempSync(join(tmpdir(), 'runbook-gate-')));
    symlinkSync(join(CHECKOUT, 'node_modules'), join(this.root, 'node_modules'));
    for (const path of RULES) {
      mkdirSync(dirname(join(this.root, path)), { recursive: true });
      copyFileSync(join(CHECKOUT, path), join(this.root, path));
    }
    for (const [path, content] of Object.entries(files)) this.write(path, content);
  }

  write(path: string, content: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), content);
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
