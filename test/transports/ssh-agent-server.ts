import { createServer, type Server } from 'node:net';
import { sign, type KeyObject } from 'node:crypto';
import { joined, fieldsOf, publicPart } from '../../src/transports/ssh/public-key.ts';

export interface AgentServer {
  readonly socket: string;
  readonly asked: { list: number; sign: number };
  stop(): Promise<void>;
}

export interface AgentServerOptions {
  /** What the signature says it is made by. */
  readonly algorithm?: string;
  readonly refuses?: boolean;
  /** As raw bytes, instead of an answer. */
  readonly answer?: Buffer;
  /** Public keys without a private half. */
  readonly more?: readonly Buffer[];
}

/** An SSH agent in this process with ed25519 keys, by draft-miller-ssh-agent. */
export async function startAgentServer(
  socket: string,
  keys: readonly KeyObject[],
  options: AgentServerOptions = {},
): Promise<AgentServer> {
  const asked = { list: 0, sign: 0 };
  const own = keys.map((key) => ({ key, publicKey: publicPart(key) ?? Buffer.alloc(0) }));
  const server: Server = createServer((stream) => {
    stream.on('error', () => undefined);
    stream.on('data', (question: Buffer) => {
      if (options.answer !== undefined) return void stream.write(options.answer);
      const body = question.subarray(5);
      if (question[4] === 11) {
        asked.list += 1;
        const all = [...own.map(({ publicKey }) => publicKey), ...(options.more ?? [])];
        const number = Buffer.alloc(4);
        number.writeUInt32BE(all.length);
        const fields = all.flatMap((key, index) => [key, Buffer.from(`key${index}\u001b[2J`)]);
        return void stream.write(joined(Buffer.concat([Buffer.from([12]), number, joined(...fields)])));
      }
      asked.sign += 1;
      const [publicKey, data] = fieldsOf(body);
      const found = own.find((one) => publicKey !== undefined && one.publicKey.equals(publicKey));
      if (found === undefined || data === undefined || options.refuses === true)
        return void stream.write(joined(Buffer.from([5])));
      const signature = joined(Buffer.from(options.algorithm ?? 'ssh-ed25519'), sign(null, data, found.key));
      stream.write(joined(Buffer.concat([Buffer.from([14]), joined(signature)])));
    });
  });
  await new Promise<void>((resolve) => server.listen(socket, () => resolve()));
  return { socket, asked, stop: () => new Promise((resolve) => server.close(() => resolve())) };
}
