import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { Output } from '../../model/script.ts';
import { Capture } from '../output.ts';
import type { Section } from './scanner.ts';
import { readExit, readPids } from './step-words.ts';

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

export const nonceOf = (): string => randomBytes(16).toString('hex');

type StreamName = 'stdout' | 'stderr';

/** One command between being sent and being reported, on both streams. */
export class Command {
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
  #told: { readonly status: string; readonly cutShort: boolean } | undefined;
  #contradicted = false;
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
        this.#hear({ status: isLeft ? status.slice(0, -LEFT.length) : status, cutShort });
        this.#open.delete(stream);
        if (this.#open.size === 0) this.#settle();
      },
    };
  }

  /** One stream is told how it ended by the line that the other is told: where they differ, neither is the host's report. */
  #hear(told: { readonly status: string; readonly cutShort: boolean }): void {
    this.#contradicted ||=
      this.#told !== undefined && !this.#told.cutShort && !told.cutShort && this.#told.status !== told.status;
    this.#told ??= told;
  }

  /** The shell is gone. A status line that came on one stream only is no report: the other one may have held more. */
  lose(): void {
    this.#told = undefined;
    this.#settle();
  }

  #takeProcess(process: string): void {
    const pids = readPids(process);
    if (pids === undefined) return;
    this.#process = { ...pids, mark: this.#mark };
    this.#start(this.#process);
  }

  #withoutExit(tail: Buffer): Buffer {
    const mark = `\n@${this.#token}:exit:`;
    const at = tail.lastIndexOf(mark);
    if (at < 0) return tail;
    this.#ownExit = readExit(tail.toString('latin1', at + mark.length));
    return tail.subarray(0, at);
  }

  #settle(): void {
    this.#resolve({
      ...(this.#told === undefined || this.#contradicted ? {} : { status: this.#told.status }),
      ...(this.#process === undefined ? {} : { process: this.#process }),
      ...(this.#ownExit === undefined ? {} : { ownExit: this.#ownExit }),
      begun: this.begun,
      stdout: this.#captures.stdout.finish(),
      stderr: this.#captures.stderr.finish(),
      durationMs: Math.round(performance.now() - (this.#begunAt ?? performance.now())),
    });
  }
}
