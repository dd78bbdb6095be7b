import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { ErrorInfo } from '../../model/error.ts';
import type { Becoming, SshHost } from '../../model/host.ts';
import { printableLine } from '../../util/printable.ts';
import { Limiter } from '../../util/limiter.ts';
import { err, ok, type Result } from '../../util/result.ts';
import { CHANNELS, CHANNEL_PAUSE_MS, CHANNEL_TRIES, noChannel } from '../channel-limits.ts';
import type { Pipes, Reach } from '../shell/reach.ts';
import { startProcess } from '../start-process.ts';
import { channelArguments } from './arguments.ts';
import { Channel, ChannelStream } from './channel.ts';
import { environment } from './environment.ts';
import { noProcess, shownKey } from './failure.ts';
import { learnedKeys } from './learned.ts';
import type { Master } from './master.ts';

/** One connection of the system's `ssh` as a way to shells and ports, a process of it for each. */
export class OpensshReach implements Reach {
  readonly name: string;
  readonly user: string;
  readonly becoming: Becoming;
  readonly hostKey?: string;
  readonly learned: readonly string[];
  readonly #master: Master;
  readonly #channels = new Limiter(CHANNELS);

  constructor(host: SshHost, master: Master) {
    this.name = host.name;
    this.user = host.user;
    this.becoming = host.becoming;
    const key = shownKey(master.log());
    if (key !== undefined) this.hostKey = key.fingerprint;
    this.learned = learnedKeys(host, master.log(), master.said);
    this.#master = master;
  }

  get isOpen(): boolean {
    return this.#master.isOpen;
  }

  async open(command: string): Promise<Result<Pipes, ErrorInfo>> {
    await this.#channels.enter();
    const channel = await this.#session(command);
    if (!channel.ok) {
      this.#channels.leave();
      return channel;
    }
    void channel.value.closed.then(() => this.#channels.leave());
    return channel;
  }

  async dial(address: string, port: number, signal: AbortSignal): Promise<Result<Duplex, ErrorInfo>> {
    const fail = (code: ErrorInfo['code'], why: string) =>
      err({ code, message: `${this.name}: ${address}:${port}: ${why}` });
    const before = this.#master.log().length;
    const target = `${address.includes(':') ? `[${address}]` : address}:${port}`;
    const started = this.#start(['-W', target, '--', DESTINATION]);
    if (!started.ok) return fail('configuration', `no ssh could be started: ${started.error}`);
    const channel = started.value;
    const stop = () => channel.destroy();
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    const said = await channel.opened;
    signal.removeEventListener('abort', stop);
    if (signal.aborted) return fail('interrupted', 'cancelled');
    if (said === undefined) return ok(new ChannelStream(channel));
    if (!this.#master.isOpen) return fail('connection-lost', 'the connection is closed');
    const refusals = openFailures(this.#master.log().slice(before));
    // Several may have been refused at once. That nothing listens there is said only when it is sure.
    const isSure = refusals.length > 0 && refusals.every(({ reason }) => reason === 'connect failed');
    if (!isSure) return fail('channel-refused', 'sshd there does not forward to it');
    return fail('connection-refused', printableLine(refusals.at(-1)?.why ?? ''));
  }

  close(): void {
    this.#master.end();
  }

  async #session(command: string): Promise<Result<Pipes, ErrorInfo>> {
    let said = '';
    for (let round = 0; round < CHANNEL_TRIES && this.#master.isOpen; round += 1) {
      const started = this.#start(['--', DESTINATION, command]);
      if (!started.ok) return err(noProcess(started.error));
      const refusal = await started.value.opened;
      if (refusal === undefined) return ok(started.value);
      said = refusal;
      if (!/open refused/.test(said)) break;
      await pause(CHANNEL_PAUSE_MS, undefined, { ref: false });
    }
    return err(
      this.isOpen
        ? noChannel(this.name, 'channel-refused', said)
        : noChannel(this.name, 'connection-lost', 'the connection is closed'),
    );
  }

  #start(args: readonly string[]): Result<Channel, string> {
    const process = startProcess('ssh', [...channelArguments(this.#master.files), ...args], environment());
    return process.ok ? ok(new Channel(process.value)) : process;
  }
}

/** It is asked for no host: the connection is there. The name only has to be one. */
const DESTINATION = 'connected';

/** From what the connection's own process says: a channel's process is told only that it was refused. */
function openFailures(log: string): readonly { readonly reason: string; readonly why: string }[] {
  return [...log.matchAll(/^channel \d+: open failed: ([^:\r\n]+)(?:: ([^\r\n]*))?/gm)].map(
    ([, reason = '', why = '']) => ({
      reason,
      why,
    }),
  );
}
