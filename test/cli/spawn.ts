import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export const PROGRAM = join(import.meta.dirname, '..', '..', 'bin', 'runbook.cjs');

const QUESTION = /, \?: |Password for (?:sudo|the SSH login) on [^:]*(?:: the same\))?: /;
const LIMIT_MS = 20_000;

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** An empty place to work in, with a state directory and no configuration of this machine's. */
export class Workplace {
  readonly directory: string;

  constructor(parent = tmpdir()) {
    this.directory = mkdtempSync(join(parent, 'runbook-cli-'));
  }

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
    return { PATH, RUNBOOK: PROGRAM, HOME: this.directory, XDG_STATE_HOME: join(this.directory, 'state'), ...more };
  }

  /** The real program, as a user starts it, without a terminal. */
  runbook(
    argv: readonly string[],
    options: { readonly environment?: NodeJS.ProcessEnv; readonly limitMs?: number } = {},
  ): Promise<Ended> {
    return this.spawn(process.execPath, [PROGRAM, ...argv], options);
  }

  shell(text: string): Promise<Ended> {
    return this.spawn('sh', ['-c', text]);
  }

  /** With a keyboard: each line is typed when a question waits for it. */
  type(typed: string, program: string, argv: readonly string[]): Promise<Ended> {
    return this.spawn(program, argv, { typed: typed.match(/[^\n]*\n|[^\n]+$/g) ?? [] });
  }

  /** Killed, with all it started, after so long that a test has failed anyway. */
  async spawn(
    program: string,
    argv: readonly string[],
    options: {
      readonly environment?: NodeJS.ProcessEnv;
      readonly typed?: readonly string[];
      readonly limitMs?: number;
    } = {},
  ): Promise<Ended> {
    const child = spawn(program, argv, {
      cwd: this.directory,
      env: this.environment(options.environment),
      detached: true,
    });
    const limit = setTimeout(() => process.kill(-(child.pid ?? 0), 'SIGKILL'), options.limitMs ?? LIMIT_MS);
    const keys = [...(options.typed ?? [])];
    if (options.typed === undefined) child.stdin.end();
    let out = '';
    let err = '';
    let seen = 0;
    child.stdout.on('data', (bytes: Buffer) => {
      out += bytes.toString();
      if (keys.length === 0 || !QUESTION.test(out.slice(seen))) return;
      seen = out.length;
      child.stdin.write(keys.shift() ?? '');
    });
    child.stderr.on('data', (bytes: Buffer) => {
      err += bytes.toString();
    });
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    clearTimeout(limit);
    return { code, out, err };
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
