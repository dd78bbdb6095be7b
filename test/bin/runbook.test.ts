import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'acorn';
import { readFileSync } from 'node:fs';

const CHECKOUT = join(import.meta.dirname, '..', '..');
const PROGRAM = `export async function main(args: string[]): Promise<void> {
  const [word, value] = args;
  if (word === 'fail') throw new Error('it is broken');
  if (word === 'exit') process.exitCode = Number(value);
  if (word === 'die') process.kill(process.pid, 'SIGKILL');
  if (word === 'sql') await import('node:sqlite');
  if (word === 'wait') {
    let count = 0;
    process.on('SIGINT', () => {
      count += 1;
      console.log(\`interrupt \${count}\`);
      if (count === 2) process.exit(130);
    });
    process.on('SIGTERM', () => process.exit(143));
    setInterval(() => {}, 1000);
  }
  console.log(process.version, JSON.stringify(args));
}
`;
const PRETEND_OLD = "Object.defineProperty(process.versions, 'node', { value: '20.20.2' });\n";

interface End {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A checkout with a program of its own, to be started by this Node, or by one that takes itself for Node 20. */
class Checkout implements Disposable {
  readonly #root = mkdtempSync(join(tmpdir(), 'runbook-bin-'));
  readonly #old: boolean;

  constructor(options: { readonly old: boolean; readonly ownNode: boolean; readonly built?: boolean }) {
    this.#old = options.old;
    for (const folder of ['bin', 'src/cli', 'node_modules/node/bin', 'dist/cli']) {
      mkdirSync(join(this.#root, folder), { recursive: true });
    }
    copyFileSync(join(CHECKOUT, 'bin/runbook.cjs'), join(this.#root, 'bin/runbook.cjs'));
    writeFileSync(join(this.#root, 'package.json'), '{ "version": "1.2.3", "type": "module" }\n');
    writeFileSync(join(this.#root, 'old.cjs'), PRETEND_OLD);
    if (options.built === true)
      writeFileSync(join(this.#root, 'dist/cli/main.js'), 'export const main = async () => console.log("built");\n');
    else writeFileSync(join(this.#root, 'src/cli/main.ts'), PROGRAM);
    if (options.ownNode) symlinkSync(process.execPath, join(this.#root, 'node_modules/node/bin/node'));
  }

  get command(): readonly string[] {
    return [...(this.#old ? ['-r', join(this.#root, 'old.cjs')] : []), join(this.#root, 'bin/runbook.cjs')];
  }

  run(...args: readonly string[]): End {
    const { status, stdout, stderr } = spawnSync(process.execPath, [...this.command, ...args], { encoding: 'utf8' });
    return { code: status, stdout, stderr };
  }

  [Symbol.dispose](): void {
    rmSync(this.#root, { recursive: true, force: true });
  }
}

describe('bin/runbook.cjs', () => {
  it('is written in a syntax that every Node reads', () => {
    const text = readFileSync(join(CHECKOUT, 'bin/runbook.cjs'), 'utf8');
    parse(text, { ecmaVersion: 5, allowHashBang: true });
  });

  it('answers --version on any Node, with no other Node at hand', () => {
    using checkout = new Checkout({ old: true, ownNode: false });
    assert.deepEqual(checkout.run('--version'), { code: 0, stdout: '1.2.3\n', stderr: '' });
  });

  it('runs the program with its arguments and its exit status', () => {
    using checkout = new Checkout({ old: false, ownNode: false });
    const { code, stdout } = checkout.run('exit', '34');
    assert.equal(code, 34);
    assert.equal(stdout, `${process.version} ["exit","34"]\n`);
  });

  it('runs what was built where there is no source', () => {
    using checkout = new Checkout({ old: false, ownNode: false, built: true });
    assert.equal(checkout.run('list').stdout, 'built\n');
  });

  it('prints an error that nobody expected with its stack, and exits 1', () => {
    using checkout = new Checkout({ old: false, ownNode: false });
    const { code, stderr } = checkout.run('fail');
    assert.equal(code, 1);
    assert.match(stderr, /^Error: it is broken\n +at /);
  });

  it('prints no warning about what Node calls experimental', () => {
    using checkout = new Checkout({ old: false, ownNode: false });
    assert.equal(checkout.run('sql').stderr, '');
  });

  it('says what to install when this Node is too old and there is no other', () => {
    using checkout = new Checkout({ old: true, ownNode: false });
    const { code, stdout, stderr } = checkout.run('list');
    assert.equal(code, 78);
    assert.equal(stdout, '');
    assert.match(stderr, /needs Node\.js 22\.18 or newer/);
    assert.match(stderr, /npm ci/);
  });
});

describe('bin/runbook.cjs on a Node that is too old, in a checkout', () => {
  it("starts again on the checkout's own Node", () => {
    using checkout = new Checkout({ old: true, ownNode: true });
    const { code, stdout, stderr } = checkout.run('exit', '6');
    assert.equal(code, 6);
    assert.equal(stdout, `${process.version} ["exit","6"]\n`);
    assert.equal(stderr, '');
  });

  it('ends by the signal that ended the program', () => {
    using checkout = new Checkout({ old: true, ownNode: true });
    const { signal } = spawnSync(process.execPath, [...checkout.command, 'die']);
    assert.equal(signal, 'SIGKILL');
  });

  it('passes SIGTERM on and waits for the program to end', async () => {
    using checkout = new Checkout({ old: true, ownNode: true });
    const waiting = await start(checkout);
    waiting.child.kill('SIGTERM');
    assert.equal(await waiting.end, 143);
  });

  it('counts interrupts that arrive together as one, and a later one as the second', async () => {
    using checkout = new Checkout({ old: true, ownNode: true });
    const waiting = await start(checkout);
    waiting.child.kill('SIGINT');
    waiting.child.kill('SIGINT');
    await waiting.says('interrupt 1\n');
    await new Promise((resolve) => setTimeout(resolve, 300));
    waiting.child.kill('SIGINT');
    assert.equal(await waiting.end, 130);
    assert.match(waiting.stdout(), /interrupt 1\ninterrupt 2\n$/);
  });
});

interface Waiting {
  readonly child: ReturnType<typeof spawn>;
  readonly end: Promise<number | null>;
  stdout(): string;
  says(text: string): Promise<void>;
}

async function start(checkout: Checkout): Promise<Waiting> {
  const child = spawn(process.execPath, [...checkout.command, 'wait'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let stdout = '';
  let wake = (): void => {};
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    wake();
  });
  const end = new Promise<number | null>((resolve) => child.on('close', resolve));
  const says = async (text: string): Promise<void> => {
    while (!stdout.includes(text)) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  await says('["wait"]\n');
  return { child, end, stdout: () => stdout, says };
}
