import { Command, nonceOf, type CommandLine, type Report, type StepProcess } from './command.ts';
import { FIRST_LINE } from './host-source.ts';
import type { Pipes } from './reach.ts';
import { Scanner } from './scanner.ts';

/** A login shell may greet people before it greets us; more than this before our first line is no shell. */
const PREAMBLE_LIMIT = 64 * 1024;
/** How long a step that was sent may take to start once nothing is before it. */
const START_LIMIT_MS = 15_000;
/** A host on which no reader lives to run a read is out of something. */
const MOST_RENEWALS = 3;

export interface Sent {
  readonly report: Promise<Report>;
  /** Resolves when its turn has come on the host; never when it does not come to that. */
  readonly begun: Promise<void>;
  /** Resolves when the step's own process is known to run; never when it does not come to that. */
  readonly started: Promise<StepProcess>;
}

/** One shell on a host, driven by lines we write and understood by nonces no output can know. Commands are pipelined. */
export class ShellSession {
  readonly #pipes: Pipes;
  readonly #readers = nonceOf();
  readonly #stdout = this.#scanner(() => this.#renewReader());
  readonly #stderr = this.#scanner(() => undefined);
  readonly #commands: Command[] = [];
  #answers = false;
  #greeted = false;
  #lost = false;
  /** Since a command has reported. */
  #renewals = 0;
  #stalled: NodeJS.Timeout | undefined;

  constructor(pipes: Pipes) {
    this.#pipes = pipes;
    pipes.stdout.on('data', (chunk: Buffer) => this.#feed(this.#stdout, chunk));
    pipes.stderr.on('data', (chunk: Buffer) => this.#feed(this.#stderr, chunk));
    for (const stream of [pipes.stdin, pipes.stdout, pipes.stderr]) stream.on('error', () => undefined);
    void pipes.closed.then(() => this.#end());
  }

  get lost(): boolean {
    return this.#lost;
  }

  /** What was said outside all commands: why a shell did not start. */
  get stray(): string {
    return [this.#stderr.stray, this.#stdout.stray]
      .map((bytes) => bytes.toString('utf8').trim())
      .join('\n')
      .trim();
  }

  get flooded(): boolean {
    return !this.#greeted && this.#stdout.strayBytes + this.#stderr.strayBytes > PREAMBLE_LIMIT;
  }

  /** What it was told came back: whatever is there is no shell, or has a terminal that echoes. */
  get echoes(): boolean {
    return !this.#greeted && this.#stdout.stray.includes(FIRST_LINE);
  }

  /** It has begun to answer, on whichever stream. */
  get answers(): boolean {
    return this.#answers;
  }

  /**
   * Commands run in the order they were sent, and so must be of one kind until all have reported: reads, or others one by one.
   * `latin1`: the texts of the report have one character for each byte.
   */
  send(line: CommandLine, kind: 'read' | 'other' = 'other', text: 'utf8' | 'latin1' = 'utf8'): Sent {
    const command = new Command(line, kind, this.#readers, text, () => this.#watchStart());
    const sent = { report: command.report, begun: command.begins, started: command.started };
    if (this.#lost) {
      command.lose();
      return sent;
    }
    this.#commands.push(command);
    this.#stdout.expect(command.section('stdout'));
    this.#stderr.expect(command.section('stderr'));
    void command.begins.then(() => (this.#answers = true));
    void command.report.then(({ status }) => {
      this.#commands.splice(this.#commands.indexOf(command), 1);
      this.#greeted ||= status !== undefined;
      this.#renewals = 0;
      if (command.spentReader) this.#renewReader();
      this.#watchStart();
    });
    this.tell(command.line);
    this.#watchStart();
    return sent;
  }

  /** Writes a line that is not answered. */
  tell(line: string): void {
    if (!this.#lost) this.#pipes.stdin.write(`${line}\n`);
  }

  /** No more commands: the shell ends by itself after those that were sent. */
  end(): void {
    this.tell('rb_bye');
    this.#pipes.stdin.end();
  }

  destroy(): void {
    this.#pipes.destroy();
    this.#end();
  }

  get closed(): Promise<void> {
    return this.#pipes.closed;
  }

  #feed(scanner: Scanner, chunk: Buffer): void {
    if (this.#lost) return;
    scanner.feed(chunk);
    if (this.flooded) this.destroy();
  }

  #scanner(onLine: () => void): Scanner {
    return new Scanner({ start: Buffer.from(`\n@${this.#readers}:end:`), onLine });
  }

  /** Reads that were sent and have not begun never will: the next reader is given them. */
  #renewReader(): void {
    this.#renewals += 1;
    if (this.#renewals > MOST_RENEWALS) return this.destroy();
    this.tell('rb_renew');
    for (const { kind, begun, line } of this.#commands) if (kind === 'read' && !begun) this.tell(line);
  }

  #watchStart(): void {
    clearTimeout(this.#stalled);
    const first = this.#commands[0];
    if (this.#lost || !this.#greeted || first === undefined || first.begun) return;
    this.#stalled = setTimeout(() => this.destroy(), START_LIMIT_MS);
  }

  #end(): void {
    if (this.#lost) return;
    this.#stdout.finish();
    this.#stderr.finish();
    this.#lost = true;
    clearTimeout(this.#stalled);
    for (const command of [...this.#commands]) command.lose();
  }
}
