import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { SshHost } from '../../model/host.ts';
import { err, ok, type Result } from '../../util/result.ts';
import type { LoginSecrets } from '../login-secrets.ts';
import type { ShownPasswords } from '../shown-passwords.ts';
import type { Failure } from '../failure.ts';
import { hasJumps, jumpConfig, type MasterFiles } from './arguments.ts';
import { Askpass } from './askpass.ts';
import { folderFailure, masterFailure, noProcess } from './failure.ts';
import { Master } from './master.ts';

/** How often is looked whether the socket is there: it is made right after the login. */
const LOOK_MS = 10;
/** UNIX sockets have short names: 104 bytes on some systems, of which ssh takes 17 while it makes one. */
const LONGEST_ROOT = 66;

export interface MasterRequest {
  readonly host: SshHost;
  readonly secrets: LoginSecrets;
  /** What hosts said of the passwords they were shown for a login. */
  readonly passwords: ShownPasswords;
  readonly timeoutMs: number;
}

/** One try to connect and log in by the system's `ssh`. */
export async function startMaster(request: MasterRequest, signal: AbortSignal): Promise<Result<Master, Failure>> {
  const { host, secrets, passwords, timeoutMs } = request;
  const files = makeFiles(host);
  if (!files.ok) return files;
  const asks = { password: secrets.loginPassword !== undefined, passphrase: secrets.keyPassphrase !== undefined };
  const started = Master.start(host, files.value, { timeoutMs, asks });
  if (!started.ok) {
    rmSync(files.value.folder, { recursive: true });
    return err({ error: noProcess(started.error), again: true });
  }
  const master = started.value;
  const askpass = new Askpass(files.value.folder, host, secrets, passwords);
  let deadline = performance.now() + timeoutMs * hopsTo(host);
  while (!master.isOpen && !master.isGone && !askpass.isStuck && !signal.aborted && performance.now() < deadline) {
    await Promise.race([master.gone, pause(LOOK_MS)]);
    askpass.look(master.pid, () => master.log());
    if (askpass.isWaiting) deadline = performance.now() + timeoutMs;
  }
  if (master.isOpen) {
    askpass.end(true, false);
    return ok(master);
  }
  const cause = master.isGone ? 'ended' : signal.aborted ? 'cancelled' : askpass.isStuck ? 'unanswered' : 'late';
  const log = master.log();
  const { said, status } = await master.lastWords();
  const failure = masterFailure({ host, timeoutMs, cause, log, said, status, asked: askpass.asked });
  askpass.end(false, failure.error.code === 'authentication');
  return err(failure);
}

const hopsTo = ({ ssh }: SshHost): number => (ssh.route.kind === 'jumps' ? ssh.route.hops.length + 1 : 1);

function makeFiles(host: SshHost): Result<MasterFiles, Failure> {
  const root = tmpdir().length > LONGEST_ROOT ? '/tmp' : tmpdir();
  try {
    const folder = mkdtempSync(join(root, 'runbook-ssh-'));
    const files = { folder, socket: join(folder, 's'), log: join(folder, 'log'), config: join(folder, 'config') };
    if (hasJumps(host)) writeFileSync(files.config, jumpConfig(host), { mode: 0o600 });
    return ok(files);
  } catch (error) {
    return err(folderFailure(root, error as Error));
  }
}
