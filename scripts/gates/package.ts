import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
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
  if (existsSync(join(root, 'src', DECRYPTS.replace(/js$/, 'ts')))) {
    const thread = await run(project, process.execPath, ['--input-type=module', '-e', DECRYPT]);
    if (thread.code !== 0) failed.push(`a key is not decrypted in a thread: exit status ${thread.code}`, thread.output);
  }
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

const DECRYPTS = 'transports/ssh/key-decrypt.js';

/** What is started by the path of its file must be in the package, under the name that it has there. */
const DECRYPT = `
  import { generateKeyPairSync } from 'node:crypto';
  import { decryptKey } from './node_modules/runbook/dist/${DECRYPTS}';
  import { Secret } from './node_modules/runbook/dist/util/secret.js';
  const { privateKey } = generateKeyPairSync('ed25519');
  const text = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'geheim' });
  const key = await decryptKey(text, new Secret('geheim'));
  if (!key.ok || !key.value.equals(privateKey)) throw new Error(JSON.stringify(key));
`;

/** The Node that runs this comes first, as it does in an npm script. */
async function run(cwd: string, file: string, args: readonly string[]): Promise<ProcessResult> {
  const env = { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}` };
  return runProcess(file, args, { cwd, env, timeoutMs: LIMIT_MS });
}
