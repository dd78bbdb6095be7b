import type { Writable } from 'node:stream';
import type { RunEvent, RunFinished } from '../model/event.ts';
import { exitCodeOf } from '../model/exit-code.ts';
import type { Plan } from '../model/plan.ts';
import type { Reporter } from '../model/reporter.ts';
import type { LiveReporter } from '../reporters/live.ts';
import { HostStories } from '../reporters/host-story.ts';
import { createJsonLinesReporter } from '../reporters/json-lines.ts';
import type { Page } from '../reporters/labelled.ts';
import { createLinesReporter } from '../reporters/lines.ts';
import { renderMail } from '../reporters/mail-text.ts';
import { renderPlan } from '../reporters/plan-text.ts';
import { renderRun } from '../reporters/run-text.ts';
import { sinkOf } from '../reporters/sink.ts';
import type { Style } from '../util/style.ts';

/** Where a view writes: results to `out`, progress to `err`. */
export interface Screen {
  readonly out: OutputStream;
  readonly err: OutputStream;
}

/** A stream with what is known of who reads it. */
export interface OutputStream {
  readonly stream: Writable;
  readonly style: Style;
  readonly columns: () => number;
  readonly rows: () => number;
}

/**
 * `live`: a line a host, redrawn. `lines`: what happens, one line each. `json`: events and nothing else. `quiet`: only what is not
 * healthy. `mail`: nothing until the end, and nothing then when all was well. `errors`: the same, and nothing of what went well.
 */
export type ViewKind = 'live' | 'lines' | 'json' | 'quiet' | 'mail' | 'errors';

export interface ViewOptions {
  readonly kind: ViewKind;
  readonly verbose: boolean;
}

/** How a run is shown to the person that started it. */
export interface View {
  readonly reporters: readonly Reporter[];
  /** All is shown at the end, its first line before anything else. */
  readonly isMail: boolean;
  /** What earlier sessions of the run did is part of its result. */
  recall(events: Iterable<RunEvent>): void;
  /** Shows the plan and leaves the screen alone until `resume`, so that a question can be asked. */
  ask(plan: Plan): Promise<void>;
  /** Meanwhile: the plan in full, or for each host by itself. */
  explain(plan: Plan, how: 'diffs' | 'commands' | 'by-host'): Promise<void>;
  resume(): void;
  /** A line between what is shown; in a mail below its first line. Closing the reporters waits for it. */
  say(line: string): void;
  /** For standard output when the run is over. */
  result(plan: Plan, end: RunFinished, mode: 'run' | 'plan'): string;
}

interface Shown {
  readonly verbose: boolean;
  readonly sources?: boolean;
  readonly apart?: boolean;
}

const EXPLAINED: Readonly<Record<Parameters<View['explain']>[1], (verbose: boolean) => Shown>> = {
  diffs: () => ({ verbose: true, sources: false }),
  commands: () => ({ verbose: true }),
  'by-host': (verbose) => ({ verbose, apart: true }),
};

const NEEDS_FIX = exitCodeOf(['needs-fix']);

export async function createView(screen: Screen, { kind, verbose }: ViewOptions): Promise<View> {
  const stories = new HostStories();
  const isMail = kind === 'mail' || kind === 'errors';
  const said: string[] = [];
  let saying = Promise.resolve();
  const collector: Reporter = {
    accept: (event) => {
      stories.accept(event);
    },
    close: () => saying,
  };
  const err = sinkOf(screen.err.stream);
  const page = pageOf(screen.out);
  const show = async (plan: Plan, options: Shown): Promise<void> => {
    err.write(`${renderPlan(plan, { ...pageOf(screen.err), standing: { kind: 'asked' }, ...options })}\n`);
    await err.drain();
  };
  const progress = await progressReporter(screen, { kind, verbose });
  return {
    reporters: progress === undefined ? [collector] : [collector, progress],
    isMail,
    recall: (events) => {
      for (const event of events) stories.accept(event);
    },
    ask: async (plan) => {
      await progress?.pause();
      await show(plan, { verbose });
    },
    explain: (plan, how) => show(plan, EXPLAINED[how](verbose)),
    resume: () => progress?.resume(),
    say: (line) => {
      if (isMail) return void said.push(line);
      saying = saying.then(async () => {
        const hold = progress?.isPaused === false;
        if (hold) await progress.pause();
        err.write(`${line}\n`);
        if (hold) progress.resume();
      });
    },
    result: (plan, end, mode) => {
      if (kind === 'json') return '';
      const quiet = kind === 'quiet';
      if (mode === 'plan') {
        // What a schedule finds and leaves alone is for the report.
        if (isMail && (end.exitCode | NEEDS_FIX) === NEEDS_FIX) return '';
        const standing = { kind: 'open' } as const;
        return quiet && end.exitCode === 0 ? '' : renderPlan(plan, { ...page, standing, verbose, quiet });
      }
      if (isMail) return renderMail(stories, end, plan.runId, { ...page, onlyErrors: kind === 'errors', said });
      const result = renderRun(stories, end, plan.runId, { ...page, quiet });
      return kind === 'live' ? `\n${result}` : result;
    },
  };
}

/** Only a terminal wraps: whoever reads a file or a pipe searches it line by line. */
export function pageOf({ stream, style, columns }: OutputStream): Page {
  return { style, columns: 'isTTY' in stream && stream.isTTY === true ? columns() : Number.POSITIVE_INFINITY };
}

/** A reporter that can be stopped for a question. */
interface Progress extends Reporter {
  readonly isPaused: boolean;
  pause(): Promise<void>;
  resume(): void;
}

async function progressReporter(screen: Screen, { kind, verbose }: ViewOptions): Promise<Progress | undefined> {
  switch (kind) {
    case 'quiet':
    case 'mail':
    case 'errors':
      return undefined;
    case 'json':
      return steady(createJsonLinesReporter(sinkOf(screen.out.stream)));
    case 'lines':
      return steady(createLinesReporter(sinkOf(screen.err.stream), { verbose }));
    case 'live': {
      const { createLiveReporter } = await import('../reporters/live.ts');
      const { stream, style, columns, rows } = screen.err;
      const size = (): { columns: number; rows: number } => ({ columns: columns(), rows: rows() });
      return new Restartable(() => createLiveReporter({ sink: sinkOf(stream), style, size }));
    }
  }
}

const steady = (reporter: Reporter): Progress => ({
  accept: (event) => {
    reporter.accept(event);
  },
  close: () => reporter.close(),
  isPaused: false,
  pause: () => Promise.resolve(),
  resume: () => undefined,
});

/** A screen that is redrawn cannot hold anything else: it is taken away, and a new one begins below with the same story. */
class Restartable implements Progress {
  readonly #create: () => LiveReporter;
  #current: LiveReporter;
  readonly #story: RunEvent[] = [];
  #isClosed = false;
  isPaused = false;

  constructor(create: () => LiveReporter) {
    this.#create = create;
    this.#current = create();
  }

  accept(event: RunEvent): void {
    if (event.type !== 'evidence') this.#story.push(event);
    if (!this.isPaused) this.#current.accept(event);
  }

  async pause(): Promise<void> {
    if (this.isPaused) return;
    this.isPaused = true;
    await this.#current.leave();
  }

  resume(): void {
    if (!this.isPaused || this.#isClosed) return;
    this.isPaused = false;
    this.#current = this.#create();
    for (const event of this.#story) this.#current.accept(event);
  }

  close(): Promise<void> {
    this.#isClosed = true;
    return this.isPaused ? Promise.resolve() : this.#current.close();
  }
}
