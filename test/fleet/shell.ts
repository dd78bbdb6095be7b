import { execFile, execFileSync } from 'node:child_process';

export interface CommandResult {
  /** `null` when a signal ended the command. */
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a program to its end. A program that fails is a result, one that can't be started throws. Past `timeoutMs` it gets SIGKILL. */
export function execute(file: string, args: string[], timeoutMs = 60_000): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      file,
      args,
      { timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: 1 << 26 },
      (error, stdout, stderr) => {
        if (typeof error?.code === 'string') reject(error);
        else resolve({ code: child.exitCode, stdout, stderr });
      },
    );
    child.stdin?.end();
  });
}

/** Runs a shell script (`sh -eu`) with `variables` in its environment. Returns its trimmed stdout, throws with its stderr. */
export async function script(text: string, variables: Record<string, string>, timeoutMs?: number): Promise<string> {
  const { code, stdout, stderr } = await execute('env', [...environment(variables), 'sh', '-euc', text], timeoutMs);
  if (code !== 0) throw new Error(`A script of the test fleet failed (${code}): ${text.trim()}\n${stderr}`);
  return stdout.trim();
}

/** As `script`, but blocks until done, so that it also serves while the process exits. */
export function scriptSync(text: string, variables: Record<string, string>): string {
  return execFileSync('env', [...environment(variables), 'sh', '-euc', text], { encoding: 'utf8' }).trim();
}

function environment(variables: Record<string, string>): string[] {
  return Object.entries(variables).map(([name, value]) => `${name}=${value}`);
}
