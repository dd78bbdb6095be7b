import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { err, ok, type Result } from '../../src/util/result.ts';
import { runProcess } from '../support/process.ts';
import { PORTS, type DemoHost, type ForeignSet, type Incident } from './demo-host.ts';
import { makeKeys, type Keys } from './keys.ts';
import type { Packages } from './packages.ts';
import { repairByCli } from './run-cli.ts';
import { fillLayer, startSandbox, USER_FLAGS, type NamespaceKind, type Sandbox } from './sandbox.ts';
import type { Scratch } from './scratch.ts';
import { idsIn } from './semaphore-sets.ts';
import { ownServer, realSshd, SSHD_CONFIG } from './ssh-door.ts';

export interface SshHostOptions {
  readonly tier: 'a' | 'b';
  readonly kinds: readonly NamespaceKind[];
  readonly scratch: Scratch;
  readonly signal: AbortSignal;
  /** Unpacks Debian's Apache and sshd into the folder. Asked for at most once, and only when they are of use. */
  packages(folder: string): Promise<Result<Packages, string>>;
}

const RUN_USER_ID = 33;
const OTHER_USER_ID = 34;
const DEPLOY_LIMIT_MS = 60_000;

/** A host in namespaces that is reached by SSH. The error says why there is none. */
export async function openSshHost(options: SshHostOptions): Promise<Result<DemoHost, string>> {
  const { scratch, tier } = options;
  const kind = await firstAllowed(options.kinds);
  if (!kind.ok) return kind;
  const folder = scratch.path(tier);
  mkdirSync(join(folder, 'layer', 'etc', 'ssh'), { recursive: true });
  writeFileSync(join(folder, 'layer', 'etc', 'ssh', 'sshd_config'), SSHD_CONFIG);
  const keys = makeKeys(folder);

  // Where only root's uid exists, the real Apache refuses to run, and the real sshd too.
  const packages = kind.value === 'one' ? err('it needs a second uid') : await options.packages(join(folder, 'layer'));
  const troubles: string[] = packages.ok ? [] : [packages.error];
  for (const attempt of packages.ok ? ATTEMPTS : ATTEMPTS.slice(1)) {
    if (options.signal.aborted) return err('interrupted');
    const real = attempt.apache === 'real' && packages.ok ? packages.value.first : undefined;
    const host = await tryAttempt({ ...attempt, real, whyNot: troubles.join('; ') }, kind.value, keys, folder, options);
    if (host.ok) return host;
    troubles.push(host.error);
  }
  return err([...new Set(troubles)].join('; '));
}

/** From the best to the least: without an overlay nothing can be put over /usr, and packages are of no use. */
const ATTEMPTS = [
  { apache: 'real', usr: 'overlay' },
  { apache: 'stand-in', usr: 'overlay' },
  { apache: 'stand-in', usr: 'bind' },
] as const;

interface Attempt {
  readonly usr: 'overlay' | 'bind';
  /** Name and version of the real Apache; undefined for the stand-in. */
  readonly real: string | undefined;
  /** Why it is not the real one. */
  readonly whyNot: string;
}

async function tryAttempt(
  { usr, real, whyNot }: Attempt,
  kind: NamespaceKind,
  keys: Keys,
  folder: string,
  { tier, scratch, signal }: SshHostOptions,
): Promise<Result<DemoHost, string>> {
  fillLayer(join(folder, 'layer'), real === undefined);
  const started = await startSandbox(kind, { folder, usr });
  if (!started.ok) return started;
  const sandbox = started.value;
  scratch.onClose(() => sandbox.stop());

  const configured = await sandbox.run(real !== undefined ? 'configure-apache' : 'apache2ctl configtest');
  const door =
    configured.code === 0 ? await (tier === 'a' ? realSshd : ownServer)(sandbox, keys) : err(configured.output);
  if (!door.ok) {
    await sandbox.stop();
    return err(door.error.trim());
  }
  const server = tier === 'a' ? `sshd ${door.value}` : 'our own SSH server';
  const web = real ?? 'Apache stand-in';
  const description = `real semaphores in a sandbox, ${server}, ${web}`;
  const note = real !== undefined ? '' : `${STAND_IN} The real one is not used because ${whyNot}.`;
  return ok(new SshHost({ tier, description, note, sandbox, keys, folder, signal }));
}

const STAND_IN =
  'Apache is a STAND-IN here (scripts/demo/host/stand-in): a perl program that takes, shares and leaks its accept mutex as ' +
  'Apache does, by semget(IPC_PRIVATE, 1, 0600).';

interface Parts {
  readonly tier: 'a' | 'b';
  readonly description: string;
  readonly note: string;
  readonly sandbox: Sandbox;
  readonly keys: Keys;
  readonly folder: string;
  readonly signal: AbortSignal;
}

class SshHost implements DemoHost {
  readonly tier: 'a' | 'b';
  readonly description: string;
  readonly note: string;
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.tier = parts.tier;
    this.description = parts.description;
    this.note = parts.note;
    this.#parts = parts;
    writeFileSync(join(parts.folder, 'inventory.yaml'), inventory(parts.keys));
  }

  async breakApache(): Promise<Incident> {
    const onlyRoot = this.#parts.sandbox.kind === 'one';
    const users = onlyRoot ? '0' : `${RUN_USER_ID} ${OTHER_USER_ID}`;
    const foreign = readForeign(await this.#mustRun(`plant-sets ${users}`));
    const deployed = await this.#mustRun('bad-deploy');
    const own = new Set(foreign.map(({ id }) => id));
    const leaked = (await this.sets()).filter((id) => !own.has(id));
    return { leaked, foreign, complaint: complaintIn(deployed) };
  }

  async shell(command: string): Promise<string> {
    const { output } = await this.#parts.sandbox.run(command, DEPLOY_LIMIT_MS);
    return output;
  }

  async sets(): Promise<readonly number[]> {
    return idsIn(await this.#mustRun('cat /proc/sysvipc/sem'));
  }

  async servingPorts(): Promise<readonly number[]> {
    const answers = await Promise.all(PORTS.map((port) => this.shell(`ask-web-server ${port}`)));
    return PORTS.filter((_port, index) => /^HTTP\/1\.[01] 200 /.test(answers[index] ?? ''));
  }

  repair(): ReturnType<DemoHost['repair']> {
    const { sandbox, folder, signal } = this.#parts;
    return repairByCli({ prefix: sandbox.intoNetwork, folder, signal });
  }

  async #mustRun(command: string): Promise<string> {
    const { code, output, stdout } = await this.#parts.sandbox.run(command, DEPLOY_LIMIT_MS);
    if (code !== 0) throw new Error(`${command} failed on the demo's host (${code}): ${output.trim()}`);
    return stdout;
  }
}

/** The lines of a failed start that say why, without what the init script puts before and after them. */
function complaintIn(said: string): string {
  const lines = said.split('\n').filter((line) => line.includes('(28)'));
  return lines.map((line) => line.replace(/^.*?(?=\[core:emerg\])/, '').trim()).join('\n');
}

const WHY: Readonly<Record<string, string>> = {
  keyed: 'has a key: shared by name',
  'other-user': "another user's",
  live: 'used by license-server',
};

/** Lines `WHAT ID` of plant-sets. */
function readForeign(lines: string): readonly ForeignSet[] {
  return lines
    .trim()
    .split('\n')
    .map((line) => {
      const [what = '', id = ''] = line.split(' ');
      return { id: Number(id), why: WHY[what] ?? what };
    });
}

function inventory({ clientKey, knownHosts }: Keys): string {
  return `webservers:
  hosts:
    web01:
      ansible_host: 127.0.0.1
      ansible_user: root
      ansible_ssh_private_key_file: ${JSON.stringify(clientKey)}
      runbook_known_hosts: ${JSON.stringify(knownHosts)}
`;
}

async function firstAllowed(kinds: readonly NamespaceKind[]): Promise<Result<NamespaceKind, string>> {
  let trouble = '';
  for (const kind of kinds) {
    const trial = await runProcess('unshare', [...USER_FLAGS[kind], '--ipc', '--mount', '--net', 'true'], {
      cwd: '/',
      timeoutMs: 5_000,
    });
    if (trial.code === 0) return ok(kind);
    trouble = trial.output.trim().split('\n').at(-1) ?? '';
  }
  return err(trouble);
}
