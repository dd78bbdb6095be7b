import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { actionsIndex, declaredActions } from './generate/action-files.ts';
import { actionPages } from './generate/action-page.ts';
import { cliPage } from './generate/cli-page.ts';
import { exitCodesPage } from './generate/exit-codes-page.ts';
import { runbookPages } from './generate/runbook-page.ts';
import { schemas } from './generate/schemas.ts';
import type { GeneratedFile } from './generate/generated-file.ts';

const ROOT = join(import.meta.dirname, '..');
/** Whatever else is found in these folders was generated once, and is no more. */
const WHOLLY_GENERATED = ['docs/actions/*.md', 'docs/runbooks/*.md', 'schemas/*'];

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
process.exitCode = values.check ? await check() : await write();

/** Exit status 1: a generated file is not what its source says. */
async function check(): Promise<number> {
  const files = await generatedFiles();
  const stale = files.filter(({ path, content }) => readIfThere(path) !== content).map(({ path }) => `stale: ${path}`);
  const problems = [...stale, ...leftovers(files).map((path) => `no longer made from anything: ${path}`)];
  console.log(`${files.length} generated files, ${problems.length} not up to date`);
  for (const problem of problems) console.log(problem);
  if (problems.length === 0) return 0;
  console.log('Run `npm run generate` and commit what it writes.');
  return 1;
}

async function write(): Promise<number> {
  const files = await generatedFiles();
  for (const path of leftovers(files)) {
    rmSync(join(ROOT, path));
    console.log(`removed ${path}`);
  }
  for (const { path, content } of files) {
    if (readIfThere(path) === content) continue;
    mkdirSync(dirname(join(ROOT, path)), { recursive: true });
    writeFileSync(join(ROOT, path), content);
    console.log(`wrote ${path}`);
  }
  return 0;
}

async function generatedFiles(): Promise<readonly GeneratedFile[]> {
  const declared = await declaredActions(ROOT);
  const files = [
    actionsIndex(declared),
    ...schemas(declared),
    ...actionPages(declared),
    ...runbookPages(ROOT),
    exitCodesPage(),
    cliPage(ROOT),
  ];
  return Promise.all(files.map(formatted));
}

async function formatted({ path, content }: GeneratedFile): Promise<GeneratedFile> {
  const filepath = join(ROOT, path);
  return { path, content: await format(content, { ...(await resolveConfig(filepath)), filepath }) };
}

function leftovers(files: readonly GeneratedFile[]): readonly string[] {
  const made = new Set(files.map(({ path }) => path));
  return globSync(WHOLLY_GENERATED, { cwd: ROOT }).filter((path) => !made.has(path));
}

function readIfThere(path: string): string | undefined {
  const file = join(ROOT, path);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
