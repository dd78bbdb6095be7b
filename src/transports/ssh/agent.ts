import { connect } from 'node:net';
import { printableLine } from '../../util/printable.ts';
import { err, ok, type Result } from '../../util/result.ts';
import { fieldsOf, joined } from './public-key.ts';

/** By the numbers of draft-miller-ssh-agent. */
const LIST = 11;
const LISTED = 12;
const SIGN = 13;
const SIGNED = 14;
const LIST_MS = 3000;
const LARGEST = 256 * 1024;

export interface AgentKey {
  /** As on the wire. */
  readonly publicKey: Buffer;
  readonly comment: string;
}

/** What of an RSA signature is hashed how; other keys have one way only. */
const FLAGS: Readonly<Record<string, number>> = { 'rsa-sha2-256': 2, 'rsa-sha2-512': 4 };

/** The agents of this run, by their sockets. Each is asked for its keys once, whatever the number of hosts. */
export class Agents {
  readonly #lists = new Map<string, Promise<Result<readonly AgentKey[], string>>>();

  /** An error says why, as a clause. Bounded to 3 s. */
  list(socket: string): Promise<Result<readonly AgentKey[], string>> {
    const list = this.#lists.get(socket) ?? listKeys(socket);
    this.#lists.set(socket, list);
    return list;
  }
}

async function listKeys(socket: string): Promise<Result<readonly AgentKey[], string>> {
  const answer = await ask(socket, Buffer.from([LIST]), AbortSignal.timeout(LIST_MS));
  if (!answer.ok) return answer;
  if (answer.value[0] !== LISTED) return err('does not list its keys');
  const fields = fieldsOf(answer.value.subarray(5));
  const keys: AgentKey[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2)
    keys.push({
      publicKey: fields[at] ?? Buffer.alloc(0),
      comment: printableLine((fields[at + 1] ?? Buffer.alloc(0)).toString('utf8')),
    });
  return ok(keys);
}

/**
 * A signature of the agent's, without the name of its algorithm, which is always the one asked for. Ends when `signal` says so: an
 * agent may ask a person first. An error says why, as a clause.
 */
export async function signByAgent(
  socket: string,
  publicKey: Buffer,
  data: Buffer,
  algorithm: string,
  signal: AbortSignal,
): Promise<Result<Buffer, string>> {
  const flags = Buffer.alloc(4);
  flags.writeUInt32BE(FLAGS[algorithm] ?? 0);
  const answer = await ask(socket, Buffer.concat([Buffer.from([SIGN]), joined(publicKey, data), flags]), signal);
  if (!answer.ok) return answer;
  if (answer.value[0] !== SIGNED) return err('refused to sign: it is locked, or a person said no');
  const [name, signature] = fieldsOf(fieldsOf(answer.value.subarray(1))[0] ?? Buffer.alloc(0));
  if (name?.toString('latin1') !== algorithm || signature === undefined)
    return err(`signed by ${printableLine(name?.toString('latin1') ?? 'nothing')} instead of ${algorithm}`);
  return ok(signature);
}

/** One question on a connection of its own, as OpenSSH asks. */
function ask(socket: string, question: Buffer, signal: AbortSignal): Promise<Result<Buffer, string>> {
  return new Promise((resolve) => {
    const stream = connect({ path: socket });
    let received = Buffer.alloc(0);
    const end = (result: Result<Buffer, string>): void => {
      signal.removeEventListener('abort', late);
      stream.destroy();
      resolve(result);
    };
    const late = (): void => end(err('does not answer'));
    if (signal.aborted) return late();
    signal.addEventListener('abort', late, { once: true });
    stream.on('error', ({ code, message }: NodeJS.ErrnoException) => end(err(whyNoAgent(code, message))));
    stream.on('close', () => end(err('closed the connection')));
    stream.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      const length = received.length < 4 ? 0 : received.readUInt32BE();
      if (length > LARGEST) end(err('does not speak as an agent'));
      else if (length > 0 && received.length >= 4 + length) end(ok(received.subarray(4, 4 + length)));
    });
    stream.write(joined(question));
  });
}

function whyNoAgent(code: string | undefined, message: string): string {
  if (code === 'ENOENT') return 'is not there';
  if (code === 'ECONNREFUSED') return 'is dead';
  return code === 'EACCES' ? 'may not be used by us' : `fails: ${message}`;
}
