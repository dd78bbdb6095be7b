import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { RUNBOOK, SOAK, type Repair } from './demo-host.ts';
import { readRecord } from './record.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const CLI = join(ROOT, 'bin', 'runbook.cjs');
const RUN_LIMIT_MS = 90_000;
const END_LIMIT_MS = 12_000;

/** What `runbook` is started with. */
export interface CliSetting {
  /** Put before it: where it runs. */
  readonly prefix: readonly string[];
  /** Of the demo alone: the run's records and whatever would go to the home directory. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** `runbook run`, on this terminal, as a person would start it; then what its own record says of it. */
export async function repairByCli(setting: CliSetting): Promise<Repair> {
  const words = ['run', RUNBOOK, '-i', 'inventory.yaml', '--yes', '--param', `soak=${SOAK}`];
  const exitCode = await watch([...words, ...(hasTerminal() ? [] : ['-v'])], setting);
  return { exitCode, ...(await readRecord(join(setting.folder, 'state'))) };
}

/** Without one `run` says nothing of a host that is healthy, and whoever started the demo wants to see it. */
const hasTerminal = (): boolean => [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY);

/** Ctrl-C of a terminal reaches the program by itself; what only this process was sent is passed on. It gets time to end well. */
function watch(args: readonly string[], { prefix, folder, signal }: CliSetting): Promise<number> {
  const [program = '', ...rest] = [...prefix, process.execPath, CLI, ...args];
  const child = spawn(program, rest, { cwd: folder, env: environment(folder), stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    const timers = [setTimeout(() => child.kill('SIGKILL'), RUN_LIMIT_MS)];
    const stop = (): void => {
      child.kill(signal.reason as NodeJS.Signals);
      timers.push(setTimeout(() => child.kill('SIGKILL'), END_LIMIT_MS));
    };
    signal.addEventListener('abort', stop, { once: true });
    child.once('error', reject);
    child.once('close', (code) => {
      for (const timer of timers) clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      resolve(code ?? 1);
    });
    if (signal.aborted) stop();
  });
}

/** Nothing of this machine's user: not the records, not the agent, not the inventory. */
function environment(folder: string): NodeJS.ProcessEnv {
  const { SSH_AUTH_SOCK: _agent, RUNBOOK_INVENTORY: _inventory, ...rest } = process.env;
  return { ...rest, HOME: folder, XDG_STATE_HOME: join(folder, 'state') };
}
