import { spawnSync } from 'node:child_process';
import { createServer, type Server } from 'node:net';
import type { ErrorInfo } from '../../model/error.ts';
import { err, ok, type Result } from '../../util/result.ts';
import { withBlock } from './crontab-text.ts';

const TRIES = 100;
const PAUSE_MS = 100;

/** Whether the crontab of this user was changed: this block is in it, or none of that name when it is empty. One process at a time. */
export async function changeCrontab(name: string, block: string): Promise<Result<boolean, ErrorInfo>> {
  const lock = await takeLock();
  if (lock === undefined) return err(trouble('another process has been changing it for ten seconds', 'try again'));
  try {
    const crontab = readCrontab();
    if (!crontab.ok) return crontab;
    const changed = withBlock(crontab.value, name, block);
    if (!changed.ok) return err(trouble(changed.error, 'mend it: crontab -e'));
    if (changed.value === undefined) return ok(false);
    const written = writeCrontab(changed.value);
    return written.ok ? ok(true) : written;
  } finally {
    lock.close();
  }
}

/** Byte for byte, as latin1. */
function readCrontab(): Result<string, ErrorInfo> {
  const { status, stdout, stderr, error } = spawnSync('crontab', ['-l'], { encoding: 'latin1' });
  if (error !== undefined) return err(trouble(error.message, 'install cron, or use --systemd'));
  if (status === 0) return ok(stdout);
  return /no crontab for/.test(stderr) ? ok('') : err(trouble(stderr.trim(), 'crontab -l must work'));
}

/** An empty one is taken away. */
function writeCrontab(text: string): Result<void, ErrorInfo> {
  const { status, stderr } =
    text === ''
      ? spawnSync('crontab', ['-r'], { encoding: 'latin1' })
      : spawnSync('crontab', ['-'], { encoding: 'latin1', input: Buffer.from(text, 'latin1') });
  return status === 0 ? ok(undefined) : err(trouble(stderr.trim(), 'it was left as it is'));
}

/** A name of the kernel's that goes with the process. Undefined: somebody else has it. */
async function takeLock(): Promise<Server | undefined> {
  for (let round = 0; round < TRIES; round += 1) {
    const server = createServer();
    const isOurs = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(`\0runbook-crontab-${process.getuid?.() ?? ''}`, () => resolve(true));
    });
    if (isOurs) return server;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  return undefined;
}

const trouble = (message: string, hint: string): ErrorInfo => ({
  code: 'usage',
  message: `the crontab was not changed: ${message}`,
  hint,
});
