import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { runProcess } from '../support/process.ts';
import type { ProcessResult } from '../support/process.ts';
import { countIn } from './gate.ts';
import type { Gate, Verdict } from './gate.ts';

const LIMIT_MS = 5 * 60_000;
const COMMANDS = ['--version', '--help', 'list', 'lint'];

/** What `npm pack` makes works where nothing else of the project is. */
export const packed: Gate = {
  name: 'package',
  run: async (root) => {
    const folder = mkdtempSync(join(tmpdir(), 'runbook-package-'));
    try {
      return await packAndRun(root, folder);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function packAndRun(root: string, folder: string): Promise<Verdict> {
  const project = join(folder, 'project');
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), '{ "private": true }\n');

  const pack = await run(root, 'npm', ['pack', '--loglevel=notice', '--pack-destination', folder]);
  const files = countIn(pack.output, /total files:\s*(\d+)/);
  const verdict = (ok: boolean, output: string): Verdict => ({ ok, looked: files, things: 'files', output });
  if (pack.code !== 0) return verdict(false, pack.output);

  const tarballs = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  const install = await run(project, 'npm', [
    'install',
    '--prefer-offline',
    ...tarballs.map((name) => join(folder, name)),
  ]);
  if (install.code !== 0) return verdict(false, install.output);

  const failed: string[] = [];
  for (const command of COMMANDS) {
    const result = await run(project, join(project, 'node_modules', '.bin', 'runbook'), [command]);
    if (result.code === 0 && result.stdout.trim() !== '') continue;
    failed.push(
      `runbook ${command}: ${result.stdout === '' ? 'said nothing, ' : ''}exit status ${result.code}`,
      result.output,
    );
  }
  return verdict(failed.length === 0, failed.join('\n'));
}

/** The Node that runs this comes first, as it does in an npm script. */
async function run(cwd: string, file: string, args: readonly string[]): Promise<ProcessResult> {
  const env = { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}` };
  return runProcess(file, args, { cwd, env, timeoutMs: LIMIT_MS });
}
