import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client, ClientChannel } from 'ssh2';
import type { ErrorInfo } from '../../model/error.ts';
import type { Becoming, Host } from '../../model/host.ts';
import { Limiter } from '../../util/limiter.ts';
import { err, ok, type Result } from '../../util/result.ts';
import { CHANNELS, CHANNEL_PAUSE_MS, CHANNEL_TRIES, noChannel } from '../channel-limits.ts';
import { saidByHost } from '../said-by-host.ts';
import type { Pipes, Reach } from '../shell/reach.ts';
import type { LoggedIn } from './client.ts';

/** One SSH connection as a way to shells and ports. */
export class SshReach implements Reach {
  readonly name: string;
  readonly user: string;
  readonly becoming: Becoming;
  readonly hostKey: string;
  readonly learned: readonly string[];
  readonly #client: Client;
  readonly #close: () => void;
  readonly #channels = new Limiter(CHANNELS);
  readonly #gone: Promise<void>;
  #isOpen = true;

  constructor(host: Host, { client, hostKey, learned, close }: LoggedIn) {
    this.name = host.name;
    this.user = host.user;
    this.becoming = host.becoming;
    this.hostKey = hostKey;
    this.learned = learned;
    this.#client = client;
    this.#close = close;
    this.#gone = new Promise((resolve) =>
      client.once('close', () => {
        this.#isOpen = false;
        resolve();
      }),
    );
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  async open(command: string): Promise<Result<Pipes, ErrorInfo>> {
    await this.#channels.enter();
    const channel = await this.#exec(command);
    if (!channel.ok) {
      this.#channels.leave();
      return channel;
    }
    const pipes = this.#pipesOf(channel.value);
    void pipes.closed.then(() => this.#channels.leave());
    return ok(pipes);
  }

  dial(address: string, port: number, signal: AbortSignal): Promise<Result<Duplex, ErrorInfo>> {
    const fail = (code: ErrorInfo['code'], why: string) =>
      err({ code, message: `${this.name}: ${address}:${port}: ${why}` });
    return new Promise((resolve) => {
      const stop = () => resolve(fail('interrupted', 'cancelled'));
      if (signal.aborted) return stop();
      signal.addEventListener('abort', stop, { once: true });
      this.#forward(address, port, (error, stream) => {
        signal.removeEventListener('abort', stop);
        if (signal.aborted) stream?.destroy();
        else if (error === undefined) resolve(ok(stream));
        else resolve(refusedBy(error, fail));
      });
    });
  }

  close(): void {
    if (this.#isOpen) this.#close();
  }

  #forward(address: string, port: number, done: (error: Error | undefined, stream: ClientChannel) => void): void {
    try {
      this.#client.forwardOut('127.0.0.1', 0, address, port, done);
    } catch (error) {
      done(error as Error, undefined as never);
    }
  }

  async #exec(command: string): Promise<Result<ClientChannel, ErrorInfo>> {
    let said = '';
    for (let round = 0; round < CHANNEL_TRIES; round += 1) {
      const channel = await this.#tryExec(command);
      if (!(channel instanceof Error)) return ok(channel);
      said = channel.message;
      if (!isRefusal(channel)) break;
      await pause(CHANNEL_PAUSE_MS, undefined, { ref: false });
    }
    const code = /Channel open failure/.test(said) ? 'channel-refused' : 'connection-lost';
    return err(noChannel(this.name, code, said));
  }

  #tryExec(command: string): Promise<ClientChannel | Error> {
    return new Promise((resolve) => {
      try {
        this.#client.exec(command, (error, channel) => resolve(error ?? channel));
      } catch (error) {
        resolve(error as Error);
      }
    });
  }

  #pipesOf(channel: ClientChannel): Pipes {
    const closed = new Promise<void>((resolve) => {
      channel.once('close', () => resolve());
      void this.#gone.then(resolve);
    });
    return {
      stdin: channel,
      stdout: channel,
      stderr: channel.stderr,
      closed,
      destroy: () => channel.destroy(),
    };
  }
}

type RefusedChannel = Error & { readonly reason?: number | string };

const isRefusal = (error: RefusedChannel): boolean =>
  /Channel open failure/.test(error.message) && `${error.reason}` === '2';

function refusedBy(
  error: RefusedChannel,
  fail: (code: ErrorInfo['code'], why: string) => Result<Duplex, ErrorInfo>,
): Result<Duplex, ErrorInfo> {
  if (!/Channel open failure/.test(error.message)) return fail('connection-lost', saidByHost(error.message));
  // 2 is "connect failed": the host tried. Anything else is sshd's own refusal.
  if (`${error.reason}` !== '2') return fail('channel-refused', 'sshd there does not forward to it');
  return fail('connection-refused', saidByHost(error.message.replace(/^.*Channel open failure: /, '')));
}
