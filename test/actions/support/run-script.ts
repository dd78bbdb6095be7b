import { spawn } from 'node:child_process';
import type { Answer } from '../../../src/model/action.ts';
import type { Output, Script } from '../../../src/model/script.ts';
import { Secret, type Word } from '../../../src/util/secret.ts';
import type { Shell } from './shells.ts';

/** Runs a script as the wire does, on this machine: variables assigned and not exported, values as positional parameters. */
export function runScript(script: Script, shell: Shell, path = process.env['PATH'] ?? ''): Promise<Answer> {
  const assignments = Object.entries(script.variables ?? {}).map(
    ([name, value]) => `${name}=${quote(reveal(value))}\n`,
  );
  const [program, ...options] = shell.argv;
  const args = [...options, '-c', assignments.join('') + script.text, 'sh', ...(script.args ?? []).map(reveal)];
  const exported = Object.entries(script.env ?? {}).map(([name, word]) => [name, reveal(word)] as const);
  const env = { PATH: path, LC_ALL: 'C', LANGUAGE: 'C', TZ: 'UTC', ...Object.fromEntries(exported) };
  const started = performance.now();
  return new Promise((resolve, reject) => {
    // Not a pipe for stdin: it is a socket, which makes bash read its start-up files.
    const child = spawn(program, args, {
      env,
      cwd: '/',
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 20_000,
      killSignal: 'SIGKILL',
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.once('error', reject);
    child.once('close', (code, signal) => {
      const durationMs = performance.now() - started;
      if (code === null) reject(new Error(`the script was ended by ${signal}`));
      else resolve({ code, stdout: output(stdout), stderr: output(stderr), durationMs });
    });
  });
}

/** One stream as a transport hands it over. */
export function output(text: string, truncated = false): Output {
  return { text, bytes: Buffer.byteLength(text), sha256: '0'.repeat(64), truncated };
}

function reveal(word: Word): string {
  return word instanceof Secret ? word.reveal() : word;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
