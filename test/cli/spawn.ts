import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const PROGRAM = join(import.meta.dirname, '..', '..', 'bin', 'runbook.cjs');

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** An empty place to work in, with a state directory and no configuration of this machine's. */
export class Workplace {
  readonly directory = mkdtempSync(join(tmpdir(), 'runbook-cli-'));

  write(files: Readonly<Record<string, string>>): this {
    for (const [path, text] of Object.entries(files)) {
      const file = join(this.directory, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    return this;
  }

  environment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
    const { PATH } = process.env;
    return { PATH, HOME: this.directory, XDG_STATE_HOME: join(this.directory, 'state'), ...more };
  }

  /** The real program, as a user starts it, without a terminal. */
  async runbook(argv: readonly string[], options: { readonly environment?: NodeJS.ProcessEnv } = {}): Promise<Ended> {
    const child = spawn(process.execPath, [PROGRAM, ...argv], {
      cwd: this.directory,
      env: this.environment(options.environment),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (bytes: Buffer) => out.push(bytes));
    child.stderr.on('data', (bytes: Buffer) => err.push(bytes));
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    return { code, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() };
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
