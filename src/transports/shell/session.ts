import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { Output } from '../../model/script.ts';
import { Capture } from '../output.ts';
import { FIRST_LINE } from './host-source.ts';
import type { Pipes } from './reach.ts';
import { Scanner, type Section } from './scanner.ts';

/** A login shell may greet people before it greets us; more than this before our first line is no shell. */
const PREAMBLE_LIMIT = 64 * 1024;
/** How long a step that was sent may take to start once nothing is before it. */
const START_LIMIT_MS = 15_000;
/** A host on which no reader lives to run a read is out of something. */
const MOST_RENEWALS = 3;
/** Said of a read by its reader: something that it started still holds the output, so that the reader serves no other. */
const LEFT = 'left';

/** How a command that was sent ended: the status line of the host's shell, or no such line. */
export interface Report {
  /** `undefined`: the shell was lost before it reported. */
  readonly status?: string;
  readonly begun: boolean;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Where the step's process says it is. */
  readonly process?: StepProcess;
  /** The step's own shell said that it exits with this status, so no signal ended it. */
  readonly ownExit?: number;
  readonly durationMs: number;
}

export interface StepProcess {
  readonly pid: number;
  /** Its own pid too, unless it is a fork of the shell that runs the reads. */
  readonly shell: number;
  /** In the environment of all that the step starts. */
  readonly mark: string;
}

export interface Sent {
  readonly report: Promise<Report>;
  /** Resolves when its turn has come on the host; never when it does not come to that. */
  readonly begun: Promise<void>;
  /** Resolves when the step's own process is known to run; never when it does not come to that. */
  readonly started: Promise<StepProcess>;
}

export interface Nonces {
  /** The command's, for the shell alone. */
  readonly nonce: string;
  /** The command's too: its step may see it. */
  readonly token: string;
  /** The command's: in the environment of what its step starts. */
  readonly mark: string;
  /** The same for all that run reads in this session. */
  readonly readers: string;
}

/** Makes the line for the shell. */
export type CommandLine = (nonces: Nonces) => string;

const nonceOf = () => randomBytes(16).toString('hex');

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

type StreamName = 'stdout' | 'stderr';

/** One command between being sent and being reported, on both streams. */
class Command {
  readonly line: string;
  readonly kind: 'read' | 'other';
  /** It ended its reader, or made it unfit for the next read. */
  spentReader = false;
  readonly #nonce = nonceOf();
  readonly #token = nonceOf();
  readonly #mark = nonceOf();
  readonly report: Promise<Report>;
  readonly started: Promise<StepProcess>;
  readonly begins: Promise<void>;
  readonly #captures: Readonly<Record<StreamName, Capture>>;
  readonly #open = new Set<StreamName>(['stdout', 'stderr']);
  readonly #onBegin: () => void;
  #begin: () => void = () => undefined;
  #resolve: (report: Report) => void = () => undefined;
  #start: (process: StepProcess) => void = () => undefined;
  #begunAt: number | undefined;
  #status: string | undefined;
  #process: StepProcess | undefined;
  #ownExit: number | undefined;

  constructor(
    line: CommandLine,
    kind: 'read' | 'other',
    readers: string,
    text: 'utf8' | 'latin1',
    onBegin: () => void,
  ) {
    this.#captures = { stdout: new Capture(text), stderr: new Capture(text) };
    this.line = line({ nonce: this.#nonce, token: this.#token, mark: this.#mark, readers });
    this.kind = kind;
    this.#onBegin = onBegin;
    this.report = new Promise((resolve) => (this.#resolve = resolve));
    this.begins = new Promise((resolve) => (this.#begin = resolve));
    this.started = new Promise((resolve) => (this.#start = resolve));
  }

  get begun(): boolean {
    return this.#begunAt !== undefined;
  }

  section(stream: StreamName): Section {
    const isBegun = () => this.begun;
    return {
      get begun() {
        return isBegun();
      },
      begin: Buffer.from(`\n@${this.#nonce}:begin\n`),
      end: Buffer.from(`\n@${this.#nonce}:end:`),
      // How the reader ended says nothing of a change: its claim, or nobody, knows how that ended.
      outlasts: this.kind !== 'read',
      ...(stream === 'stderr' ? { lead: Buffer.from(`\n@${this.#token}:pid:`) } : {}),
      onBegin: () => {
        this.#begunAt ??= performance.now();
        this.#begin();
        this.#onBegin();
      },
      onLead: (rest: string) => this.#takeProcess(rest),
      onData: (bytes: Buffer) => this.#captures[stream].add(bytes),
      onEnd: (tail: Buffer, status: string, cutShort: boolean) => {
        this.#captures[stream].add(stream === 'stderr' ? this.#withoutExit(tail) : tail);
        const isLeft = this.kind === 'read' && status.endsWith(`:${LEFT}`);
        this.spentReader ||= cutShort || isLeft;
        this.#status ??= isLeft ? status.slice(0, -LEFT.length) : status;
        this.#open.delete(stream);
        if (this.#open.size === 0) this.#settle();
      },
    };
  }

  /** The shell is gone. A status line that came on one stream only is no report: the other one may have held more. */
  lose(): void {
    this.#status = undefined;
    this.#settle();
  }

  #takeProcess(process: string): void {
    const [pid, shell] = process.split(':').map(Number);
    if (pid === undefined || shell === undefined) return;
    this.#process = { pid, shell, mark: this.#mark };
    this.#start(this.#process);
  }

  #withoutExit(tail: Buffer): Buffer {
    const mark = `\n@${this.#token}:exit:`;
    const at = tail.lastIndexOf(mark);
    if (at < 0) return tail;
    this.#ownExit = Number.parseInt(tail.toString('latin1', at + mark.length), 10);
    return tail.subarray(0, at);
  }

  #settle(): void {
    this.#resolve({
      ...(this.#status === undefined ? {} : { status: this.#status }),
      ...(this.#process === undefined ? {} : { process: this.#process }),
      ...(this.#ownExit === undefined ? {} : { ownExit: this.#ownExit }),
      begun: this.begun,
      stdout: this.#captures.stdout.finish(),
      stderr: this.#captures.stderr.finish(),
      durationMs: Math.round(performance.now() - (this.#begunAt ?? performance.now())),
    });
  }
}
