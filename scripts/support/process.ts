import { spawn } from 'node:child_process';

export interface ProcessOptions {
  readonly cwd: string;
  readonly timeoutMs: number;
  readonly env?: NodeJS.ProcessEnv;
  /** Once stdout ends with this, the process has `graceMs` left to end by itself. */
  readonly closing?: { readonly pattern: RegExp; readonly graceMs: number };
}

export interface ProcessResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  /** Both streams, in the order in which they arrived. */
  readonly output: string;
  readonly stopped: 'time limit' | 'open handles' | undefined;
  readonly seconds: number;
}

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const KILL_AFTER_MS = 20_000;
const STREAMS_CLOSE_WITHIN_MS = 5_000;
const TAIL_LENGTH = 200;

/**
 * Runs a program in a process group of its own and resolves when it ended, however it did. Signals that ask this process to
 * stop are passed on to the group. A group that outlives its limit gets SIGTERM, so that it can take down what it
 * built, and 20 s later SIGKILL. Rejects only when the program cannot be started.
 */
export async function runProcess(
  file: string,
  args: readonly string[],
  options: ProcessOptions,
): Promise<ProcessResult> {
  const startedAt = performance.now();
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let stdout = '';
  let output = '';
  let stopped: ProcessResult['stopped'];
  const timers: NodeJS.Timeout[] = [];

  const signalGroup = (signal: NodeJS.Signals): void => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, signal);
    } catch {
      // The group is gone already.
    }
  };
  const stop = (why: ProcessResult['stopped']): void => {
    stopped ??= why;
    signalGroup('SIGTERM');
    timers.push(setTimeout(() => signalGroup('SIGKILL'), KILL_AFTER_MS));
  };
  const forward = (signal: NodeJS.Signals): void => signalGroup(signal);

  timers.push(setTimeout(() => stop('time limit'), options.timeoutMs));
  for (const signal of FORWARDED) process.on(signal, forward);
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    output += text;
    const closing = options.closing;
    if (closing?.pattern.test(stdout.slice(-TAIL_LENGTH)) === true) {
      timers.push(setTimeout(() => stop('open handles'), closing.graceMs));
    }
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });

  try {
    const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (...end) => resolve(end));
      // A process that it left behind may hold its streams open for ever.
      child.on('exit', (...end) => timers.push(setTimeout(() => resolve(end), STREAMS_CLOSE_WITHIN_MS)));
    });
    return { code, signal, stdout, output, stopped, seconds: (performance.now() - startedAt) / 1000 };
  } finally {
    for (const timer of timers) clearTimeout(timer);
    child.stdout.destroy();
    child.stderr.destroy();
    for (const signal of FORWARDED) process.off(signal, forward);
  }
}
