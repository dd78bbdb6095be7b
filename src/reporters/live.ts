import { Listr, type ListrRenderer } from 'listr2';
import type { HostFinished, RunEvent } from '../model/event.ts';
import type { Reporter } from '../model/reporter.ts';
import type { Style } from '../util/style.ts';
import { HostStories } from './host-story.ts';
import { liveRows } from './live-rows.ts';
import type { LineSink } from './sink.ts';

const FRAME_MS = 100;
const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
const CLEAR_LINE = '\u001b[0K';
const CLEAR_TO_END = '\u001b[0J';

export interface LiveOptions {
  readonly sink: LineSink;
  readonly style: Style;
  /** Of the terminal, asked anew at each frame. */
  readonly size: () => { readonly columns: number; readonly rows: number };
}

export interface LiveReporter extends Reporter {
  /** Ends the view and takes it off the screen, which is free for something else then. */
  leave(): Promise<void>;
}

/**
 * One line a host on a terminal, redrawn ten times a second. Each host is a listr2 task that only waits for the host's end; the
 * truth is in the events and no engine code runs inside listr2. The renderer is ours because listr2's own is quadratic: 26 s
 * of CPU for 200 tasks (measured).
 */
export function createLiveReporter(options: LiveOptions): LiveReporter {
  const stories = new HostStories();
  const ends = new Map<string, PromiseWithResolvers<HostFinished | undefined>>();
  let listing: Promise<unknown> = Promise.resolve();
  let isLeft = false;

  const start = (hosts: readonly string[]): void => {
    for (const host of hosts) ends.set(host, Promise.withResolvers());
    const tasks = hosts.map((host) => ({
      title: host,
      task: async (): Promise<void> => {
        await ends.get(host)?.promise;
      },
    }));
    const renderer = rendererFor(options, stories, () => isLeft);
    listing = new Listr(tasks, {
      concurrent: true,
      exitOnError: false,
      registerSignalListeners: false,
      renderer,
    }).run();
  };

  const close = async (): Promise<void> => {
    for (const end of ends.values()) end.resolve(undefined);
    await listing;
    await options.sink.drain();
  };

  return {
    close,
    leave: () => {
      isLeft = true;
      return close();
    },
    accept: (event: RunEvent) => {
      stories.accept(event);
      if (event.type === 'run-started' || event.type === 'run-resumed') start(event.hosts);
      if (event.type === 'host-finished') ends.get(event.host)?.resolve(event);
      if (event.type === 'run-finished') for (const end of ends.values()) end.resolve(undefined);
    },
  };
}

function rendererFor(options: LiveOptions, stories: HostStories, isLeft: () => boolean) {
  return class implements ListrRenderer {
    static readonly nonTTY = true;
    static readonly rendererOptions: never;
    static readonly rendererTaskOptions: never;
    #timer: NodeJS.Timeout | undefined;
    #drawn = 0;
    #frame = 0;

    render(): void {
      options.sink.write(HIDE_CURSOR);
      this.#timer = setInterval(() => {
        this.#draw();
      }, FRAME_MS);
      this.#draw();
    }

    end(): void {
      clearInterval(this.#timer);
      this.#draw();
      options.sink.write(SHOW_CURSOR);
    }

    #draw(): void {
      const look = { ...options.size(), style: options.style, frame: this.#frame++ };
      const rows = isLeft() ? [] : liveRows([...stories.byHost.values()], look);
      const up = this.#drawn > 0 ? `\u001b[${this.#drawn}A\r` : '\r';
      options.sink.write(`${up}${rows.map((row) => `${row}${CLEAR_LINE}\n`).join('')}${CLEAR_TO_END}`);
      this.#drawn = rows.length;
    }
  };
}
