import type { ErrorInfo } from '../../model/error.ts';
import type { JumpHost, SshRoute } from '../../model/ssh-settings.ts';
import { err, ok, type Result } from '../../util/result.ts';
import type { SshError } from '../failure.ts';
import { CANCELLED } from '../unreached.ts';
import type { LoggedIn } from './client.ts';
import { wayOver } from './forwarding.ts';
import { proxyCommand } from './proxy-command.ts';
import { DIRECT } from './tcp.ts';
import type { Way } from './way.ts';

/** Logs in to a jump host over a way that it then owns. */
export type LogIn = (
  host: JumpHost,
  way: Way,
  timeoutMs: number,
  signal: AbortSignal,
) => Promise<Result<LoggedIn, SshError>>;

type Jumps = Pick<Extract<SshRoute, { kind: 'jumps' }>, 'hops' | 'command'>;

interface Jump {
  readonly loggedIn: Promise<Result<LoggedIn, SshError>>;
  /** Nobody waits for it any more. */
  readonly given: AbortController;
  users: number;
  /** What was learned there; empty once the first host has been told. */
  untold: readonly string[];
}

/**
 * The jump hosts of a run. Each is logged in to once for all hosts behind it, and left when the last of them has gone: sshd limits
 * sessions on a connection, but not what it forwards.
 */
export class JumpHosts {
  readonly #jumps = new Map<string, Jump>();
  readonly #logIn: LogIn;

  constructor(logIn: LogIn) {
    this.#logIn = logIn;
  }

  /** A way to what is behind all of them. The first one is reached from here, by `command` if there is one. */
  async wayThrough({ hops, command }: Jumps, timeoutMs: number, signal: AbortSignal): Promise<Result<Way, SshError>> {
    const last = hops.at(-1);
    if (last === undefined) return ok(command === undefined ? DIRECT : proxyCommand(command));
    if (signal.aborted) return err(CANCELLED);
    const key = JSON.stringify([hops, command]);
    const jump =
      this.#jumps.get(key) ?? this.#open(key, { hops, ...(command !== undefined && { command }) }, timeoutMs);
    jump.users += 1;
    const leave = once(() => this.#leave(key, jump));
    signal.addEventListener('abort', leave, { once: true });
    const loggedIn = await jump.loggedIn;
    signal.removeEventListener('abort', leave);
    if (signal.aborted) return err(CANCELLED);
    if (!loggedIn.ok) return loggedIn;
    const { untold } = jump;
    jump.untold = [];
    return ok(wayOver(loggedIn.value.client, last.name, untold, leave));
  }

  #open(key: string, jumps: Jumps, timeoutMs: number): Jump {
    const given = new AbortController();
    const loggedIn = this.#reach(jumps, timeoutMs, given.signal);
    const jump: Jump = { loggedIn, given, users: 0, untold: [] };
    this.#jumps.set(key, jump);
    void loggedIn.then((result) => {
      if (result.ok) {
        jump.untold = result.value.learned;
        result.value.client.once('close', () => this.#forget(key, jump));
      } else if (MAY_PASS.has(result.error.code)) this.#forget(key, jump);
    });
    return jump;
  }

  async #reach(jumps: Jumps, timeoutMs: number, signal: AbortSignal): Promise<Result<LoggedIn, SshError>> {
    const way = await this.wayThrough({ ...jumps, hops: jumps.hops.slice(0, -1) }, timeoutMs, signal);
    if (!way.ok) return way;
    const host = jumps.hops.at(-1) as JumpHost;
    const loggedIn = await this.#logIn(host, way.value, timeoutMs, signal);
    if (!loggedIn.ok) return err(atJumpHost(host, loggedIn.error));
    const own = loggedIn.value.learned.map((what) => `the jump host ${host.name}: ${what}`);
    return ok({ ...loggedIn.value, learned: [...way.value.learned, ...own] });
  }

  #leave(key: string, jump: Jump): void {
    jump.users -= 1;
    if (jump.users > 0) return;
    void jump.loggedIn.then((result) => {
      if (result.ok) result.value.close();
    });
    if (this.#jumps.get(key) === jump) this.#jumps.delete(key);
    jump.given.abort();
  }

  #forget(key: string, jump: Jump): void {
    if (this.#jumps.get(key) === jump) this.#jumps.delete(key);
  }
}

/** What a later host may find otherwise. All else was the jump host's answer: it is not asked the same again. */
const MAY_PASS = new Set<ErrorInfo['code']>([
  'connection-timeout',
  'connection-refused',
  'connection-lost',
  'address-unknown',
  'interrupted',
]);

function atJumpHost(host: JumpHost, error: SshError): SshError {
  if (error.code === 'interrupted') return error;
  const { name } = host;
  return {
    ...error,
    message: `the jump host ${name}: ${error.message}`,
    ...(error.code === 'authentication' && { hint: loginHint(host) }),
    ...(error.beyond !== undefined && { beyond: `at the jump host ${name}: ${error.beyond}` }),
  };
}

/** What mends a login to a host does not mend this one: no key and no password of the inventory is shown here. */
function loginHint({ name, user, port }: JumpHost): string {
  const login = port === 22 ? `ssh ${user}@${name}` : `ssh -p ${port} ${user}@${name}`;
  return `A jump host is shown what ~/.ssh/config says under Host ${name}, and the keys of your agent, but none of the inventory: add IdentityFile there, or ssh-add the key. Then this must work: ${login}`;
}

function once(work: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) work();
    isDone = true;
  };
}
