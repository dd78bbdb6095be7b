import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');

/** A demo that runs, with a temporary folder that is its alone. */
export interface Demo {
  /** Both outputs so far. */
  output(): string;
  /** Resolves when the output has this text; throws when it ends without it. */
  shows(text: string): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<{ readonly code: number | null; readonly output: string }>;
  /** Files in its temporary folder, and processes that name it. */
  remains(): { readonly files: readonly string[]; readonly processes: readonly string[] };
  /** Removes its temporary folder. */
  forget(): void;
}

/**
 * Who runs the demo: whoever runs the tests; a user without rights and without a home; or a root that may make no namespaces, as in
 * a container. Only root can ask for the last two.
 */
export type Runner = 'us' | 'nobody' | 'confined';

export function startDemo(args: readonly string[], runner: Runner = 'us'): Demo {
  const folder = mkdtempSync(join(tmpdir(), 'runbook-demo-test-'));
  chmodSync(folder, 0o1777);
  const demo = [process.execPath, 'scripts/demo.ts', ...args];
  const [program = '', ...rest] = [...BEFORE[runner], ...demo];
  const { HOME: home, ...environment } = process.env;
  const child = spawn(program, rest, {
    cwd: ROOT,
    env: { ...environment, ...(runner === 'nobody' ? {} : { HOME: home }), TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      for (const listener of listeners) listener();
    });
  }
  const ended = new Promise<{ code: number | null; output: string }>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
  return {
    output: () => output,
    shows: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => (output.includes(text) ? resolve() : undefined);
        listeners.add(look);
        look();
        void ended.then(() => reject(new Error(`the demo ended without "${text}":\n${output}`)));
      }),
    kill: (signal) => child.kill(signal),
    ended,
    remains: () => ({ files: readdirSync(folder), processes: processesOf(folder) }),
    forget: () => rmSync(folder, { recursive: true }),
  };
}

// The checkout may be where nobody else may go: it is shown at /mnt, in a mount namespace of its own.
const AS_NOBODY = `mount --bind . /mnt; cd /mnt; node=$1; shift
case $node in "$OLDPWD"/*) node=/mnt\${node#"$OLDPWD"} ;; esac
exec setpriv --reuid 65534 --regid 65534 --clear-groups "$node" "$@"`;

const CONFINED = `echo 0 >/proc/sys/user/max_user_namespaces
exec setpriv --bounding-set -all --inh-caps -all --no-new-privs "$@"`;

const BEFORE: Readonly<Record<Runner, readonly string[]>> = {
  us: [],
  nobody: ['unshare', '--mount', 'sh', '-euc', AS_NOBODY, 'sh'],
  confined: ['unshare', '--user', '--map-root-user', 'sh', '-euc', CONFINED, 'sh'],
};

function processesOf(folder: string): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => commandLine(pid))
    .filter((line) => line.includes(folder));
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}
